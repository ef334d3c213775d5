import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CertifiedKey } from "./authority.ts";
import { isUsable, type Usable } from "./usable.ts";

/** The certificates of the processes of a mesh on this machine. */
export interface Certificates {
  /**
   * Makes the certificate of a process, unless it has a good one, and renews it until `close`.
   *
   * @param name the name of its folder: `orders`
   * @param names its names in the mesh
   * @returns the folder with `tls.crt`, `tls.key`, `ca.crt` and, once the authority was replaced, `retired.crt`
   */
  provide(name: string, names: readonly string[]): Promise<string>;
  /** Makes new certificates for all processes. */
  renew(): Promise<void>;
  /** Ends the renewal. */
  close(): void;
}

/** The name of the certificate by which a developer may call every service. */
export const developer = "developer";

const hourMs = 3_600_000;
const authorityLife = { lifetimeMs: 365 * 24 * hourMs, minLeftMs: 30 * 24 * hourMs };
const certificateLife = { lifetimeMs: 24 * hourMs, minLeftMs: 12 * hourMs };

/** How often the remaining life of the certificates is checked, in milliseconds. A machine may have slept. */
const checkIntervalMs = 60_000;

/**
 * Opens the certificates in a folder. Creates an authority there at the first start, and another one when it is near its
 * end. Keys are readable only by their owner.
 */
export async function openCertificates(dir: string): Promise<Certificates> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const provided = new Map<string, readonly string[]>();
  let writing: Promise<unknown> = Promise.resolve();

  /** One after the other, because they share the authority. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = writing.then(work);
    writing = done.catch(() => {});
    return done;
  }

  async function write(name: string, names: readonly string[], isForced: boolean): Promise<void> {
    const authority = await authorityIn(dir);
    const folder = join(dir, name);
    const expected = { authority: authority.cert, names, minLeftMs: certificateLife.minLeftMs };
    if (!isForced && (await isIn(folder, expected))) return;
    const { issueCertificate } = await import("./authority.ts");
    const notAfter = new Date(Date.now() + certificateLife.lifetimeMs);
    const { cert, key } = await issueCertificate(authority, { names, notAfter });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const retired = await readFile(join(dir, "retired.crt"), "utf8").catch(() => undefined);
    if (retired) await replace(join(folder, "retired.crt"), retired);
    await replace(join(folder, "ca.crt"), authority.cert);
    await replace(join(folder, "tls.key"), key);
    await replace(join(folder, "tls.crt"), cert);
  }

  const writeAll = (isForced: boolean) =>
    inTurn(async () => {
      for (const [name, names] of provided) await write(name, names, isForced);
    });
  // A failure, such as of a full disk, is tried again a minute later; the processes warn before the end.
  const timer = setInterval(() => void writeAll(false).catch(() => {}), checkIntervalMs);
  timer.unref();
  return {
    async provide(name, names) {
      provided.set(name, names);
      await inTurn(() => write(name, names, false));
      return join(dir, name);
    },
    renew: () => writeAll(true),
    close: () => clearInterval(timer),
  };
}

/** Reads the authority, or creates it. The one before stays in `retired.crt`, for the events that it signed. */
async function authorityIn(dir: string): Promise<CertifiedKey> {
  const files = { cert: join(dir, "ca.crt"), key: join(dir, "ca.key") };
  const found = await pairIn(files.cert, files.key);
  if (found && isUsable(found, { minLeftMs: authorityLife.minLeftMs })) return found;
  const { createAuthority } = await import("./authority.ts");
  const created = await createAuthority({ notAfter: new Date(Date.now() + authorityLife.lifetimeMs) });
  if (found && isUsable(found, { minLeftMs: Number.NEGATIVE_INFINITY })) {
    await replace(join(dir, "retired.crt"), found.cert);
  }
  await replace(files.key, created.key);
  await replace(files.cert, created.cert);
  return created;
}

async function isIn(folder: string, expected: Usable & { readonly authority: string }): Promise<boolean> {
  const found = await pairIn(join(folder, "tls.crt"), join(folder, "tls.key"));
  const ca = await readFile(join(folder, "ca.crt"), "utf8").catch(() => "");
  return found !== undefined && ca === expected.authority && isUsable(found, expected);
}

async function pairIn(certFile: string, keyFile: string): Promise<CertifiedKey | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, "utf8"), readFile(keyFile, "utf8")]);
    return { cert, key };
  } catch {
    return undefined;
  }
}

/** Replaces a file in one step, so that readers never see half of it. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.draft`, text, { mode: 0o600 });
  await rename(`${file}.draft`, file);
}
