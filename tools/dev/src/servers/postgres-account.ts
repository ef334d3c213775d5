import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type PostgresBinaries, program } from "./postgres-binary.ts";

/** As whom, and from where, PostgreSQL runs: it refuses to run as root. */
export interface PostgresAccount {
  /** What comes before each command. */
  readonly prefix: readonly string[];
  /** The user to switch to; default: as who runs this process. */
  readonly uid?: number;
  /** The folder of its binaries. */
  readonly root: string;
  /** The folder for its data. */
  readonly dir: string;
}

const run = promisify(execFile);
const nobody = 65_534;

/** Where things go that another user must reach and only root may write. */
const reachableFolder = "/var/lib/typemesh";

/** Chooses how PostgreSQL runs: as it is, or, started by root, in a namespace of its own or as another user. */
export async function chooseAccount(binaries: PostgresBinaries, dir: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { prefix: [], root: binaries.root, dir };
  return (await inNamespace(binaries, dir)) ?? (await asOtherUser(binaries, dir));
}

/**
 * In a user namespace root goes by another number: PostgreSQL is content, and every file of root stays within reach.
 * Undefined: not possible here, as in most containers, or the data belongs to somebody else.
 */
export async function inNamespace(binaries: PostgresBinaries, dir: string): Promise<PostgresAccount | undefined> {
  const prefix = ["unshare", "--user", `--map-user=${await otherUser()}`];
  const check = 'test -x "$1" && test -w "$2" && { test ! -e "$3" || test -O "$3"; }';
  try {
    const args = ["sh", "-c", check, "sh", program(binaries.root, "postgres"), dir, join(dir, "data")];
    await run("unshare", [...prefix.slice(1), ...args]);
    return { prefix, root: binaries.root, dir };
  } catch {
    return undefined;
  }
}

/** As another user, from places which that user can reach: binaries are copied, and data is put elsewhere, if need be. */
export async function asOtherUser(binaries: PostgresBinaries, dir: string): Promise<PostgresAccount> {
  const uid = (await ownerOf(join(dir, "data"))) ?? (await otherUser());
  const root = (await canReach(uid, binaries.root)) ? binaries.root : await copyBinaries(binaries);
  await chmod(dir, 0o711);
  const place = (await canReach(uid, dir)) ? dir : await placeElsewhere(dir);
  await handOver(place, uid);
  return { prefix: [], uid, root, dir: place };
}

/** The first owner, from a folder upwards, that is not root: who has the data, or the clone. */
async function ownerOf(folder: string): Promise<number | undefined> {
  const uid = (await stat(folder).catch(() => undefined))?.uid;
  if (uid) return uid;
  return dirname(folder) === folder ? undefined : ownerOf(dirname(folder));
}

/** Whether a user may pass through a folder and all that are above it. */
async function canReach(uid: number, folder: string): Promise<boolean> {
  return run("test", ["-x", folder], { uid, gid: uid, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

/** Leaves a link behind, so that the data can be found from here, and removed. */
async function placeElsewhere(dir: string): Promise<string> {
  const place = join(reachableFolder, createHash("sha256").update(dir).digest("hex"));
  await mkdir(place, { recursive: true, mode: 0o711 });
  await rm(join(dir, "elsewhere"), { force: true });
  await symlink(place, join(dir, "elsewhere"));
  return place;
}

/** A user that exists, as initdb asks for its name. */
async function otherUser(): Promise<number> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  const users = lines.map((line) => line.split(":")).map(([name, , uid]) => ({ name, uid: Number(uid) }));
  const chosen = users.find(({ name }) => name === "nobody") ?? users.find(({ uid }) => uid > 0);
  return chosen?.uid ?? nobody;
}

async function copyBinaries({ root, version }: PostgresBinaries): Promise<string> {
  const copy = join(reachableFolder, `postgres-${version}`);
  if (await stat(copy).catch(() => undefined)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await cp(root, unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true })); // another start was faster
  return copy;
}

async function handOver(folder: string, uid: number): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, uid);
  }
}
