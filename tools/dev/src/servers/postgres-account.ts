import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type PostgresBinaries, program } from "./postgres-binary.ts";

/** The user and folders that PostgreSQL runs with. It refuses to run as root. */
export interface PostgresAccount {
  /** The words before each command. */
  readonly prefix: readonly string[];
  /** The user to switch to; default: the user of this process. */
  readonly uid?: number;
  /** The folder of its binaries. */
  readonly root: string;
  /** The folder for its data. */
  readonly dir: string;
}

const run = promisify(execFile);
const nobody = 65_534;

/** The folder for files that another user must read and only root may write. */
const reachableFolder = "/var/lib/typemesh";

/** Chooses the account of PostgreSQL: the current one or, for root, a user namespace or another user. */
export async function chooseAccount(binaries: PostgresBinaries, dir: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { prefix: [], root: binaries.root, dir };
  return (await inNamespace(binaries, dir)) ?? (await asOtherUser(binaries, dir));
}

/**
 * Returns an account in a user namespace, in which root has another user id: PostgreSQL accepts it, and it can still
 * read the files of root. Returns undefined if namespaces are not available, as in most containers, or if the data
 * belongs to another user.
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

/** Returns another user. Copies the binaries and places the data elsewhere if that user cannot reach them. */
export async function asOtherUser(binaries: PostgresBinaries, dir: string): Promise<PostgresAccount> {
  const uid = (await ownerOf(join(dir, "data"))) ?? (await otherUser());
  const root = (await canReach(uid, binaries.root)) ? binaries.root : await copyBinaries(binaries);
  await chmod(dir, 0o711);
  const place = (await canReach(uid, dir)) ? dir : await placeElsewhere(dir);
  await handOver(place, uid);
  return { prefix: [], uid, root, dir: place };
}

/** Returns the first owner that is not root, from a folder upwards: the owner of the data, or of the clone. */
async function ownerOf(folder: string): Promise<number | undefined> {
  const uid = (await stat(folder).catch(() => undefined))?.uid;
  if (uid) return uid;
  return dirname(folder) === folder ? undefined : ownerOf(dirname(folder));
}

/** Returns whether a user may enter a folder and all its parents. */
async function canReach(uid: number, folder: string): Promise<boolean> {
  return run("test", ["-x", folder], { uid, gid: uid, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

/** Chooses a folder that another user can reach. Links to it from the data folder, so that `npm run reset` finds it. */
async function placeElsewhere(dir: string): Promise<string> {
  const place = join(reachableFolder, createHash("sha256").update(dir).digest("hex"));
  await mkdir(place, { recursive: true, mode: 0o711 });
  await rm(join(dir, "elsewhere"), { force: true });
  await symlink(place, join(dir, "elsewhere"));
  return place;
}

/** Returns the id of an existing user, because initdb looks up its name. */
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
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true })); // another process copied it first
  return copy;
}

async function handOver(folder: string, uid: number): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, uid);
  }
}
