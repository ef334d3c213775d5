import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@mesh/runtime";
import type { Certified, IdentityFiles } from "./certified.ts";
import { createIdentity, type Identity, type IdentityOptions, type RotatingIdentity } from "./identity.ts";
import { idOf } from "./spiffe.ts";

/** Options of a watched folder. */
export interface WatchIdentityOptions extends IdentityOptions {
  /** The names in the mesh that the certificate must have. */
  readonly names: readonly string[];
  /** Gets a line for each rotation, and warnings. */
  readonly log: Logger;
  /** Ends the watch. */
  readonly signal: AbortSignal;
}

/** The files of a folder as cert-manager mounts it; SPIRE's helper can write the same. */
const fileNames = { cert: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;

/** The authorities of the past. The file may be missing. */
const retiredName = "retired.crt";

/** Kubernetes replaces a mounted folder by a symbolic link, which file watchers of many systems miss. */
const intervalMs = 1_000;

/** The part of a certificate's life that is left when its renewal is late. */
const lateShare = 0.1;

/**
 * Reads the identity of a process from a folder with `tls.crt`, `tls.key` and `ca.crt`, and follows changes of the files
 * within a second. Files that do not fit together are a warning, and the ones before stay in use.
 *
 * @throws Error if a file is missing, or the certificate lacks one of the names
 *
 * @example
 * ```ts no-run
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connect, watchIdentity } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const ending = new AbortController();
 * const options = { names: ["gateway"], log: createLogger({ name: "gateway" }), signal: ending.signal };
 * const identity = await watchIdentity("/var/run/tls", options);
 * const orders = connect(OrderService, { address: "orders:7001", credentials: identity });
 * ```
 */
export async function watchIdentity(dir: string, options: WatchIdentityOptions): Promise<Identity> {
  const { names, log, signal } = options;
  let stamp = await stampOf(dir).catch(() => "");
  const identity = await readIdentity(dir, options);
  checkNames(dir, identity.current, names);
  const follower = new Follower(identity, { names, log });
  const timer = setInterval(async () => {
    follower.checkAge();
    const before = stamp;
    stamp = await stampOf(dir).catch(() => "");
    if (stamp !== before || follower.isFailing) await follower.follow(dir);
  }, intervalMs);
  timer.unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return identity;
}

/** Gives new files to an identity, and reports what is wrong once. */
class Follower {
  /** Whether the last files did not fit. They may be half written, so the first failure is not reported. */
  isFailing = false;
  readonly #identity: RotatingIdentity;
  readonly #names: readonly string[];
  readonly #log: Logger;
  #reported = "";
  #late: Certified | undefined;

  constructor(identity: RotatingIdentity, { names, log }: Pick<WatchIdentityOptions, "names" | "log">) {
    this.#identity = identity;
    this.#names = names;
    this.#log = log;
  }

  async follow(dir: string): Promise<void> {
    try {
      const files = await readFiles(dir);
      const { idPaths } = this.#identity.current;
      checkNames(dir, createIdentity(files, { idPaths }).current, this.#names);
      this.#identity.rotate(files);
      this.#log.info({ validTo: this.#identity.current.validTo }, "the certificate was renewed");
      this.isFailing = false;
      this.#reported = "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.isFailing && reason !== this.#reported) {
        this.#log.warn({ reason }, "the new certificate can't be used; the one before stays in use");
        this.#reported = reason;
      }
      this.isFailing = true;
    }
  }

  /** Warns once for each certificate that is near its end. */
  checkAge(): void {
    const { current } = this.#identity;
    const { validFrom, validTo } = current;
    const left = (validTo.getTime() - Date.now()) / (validTo.getTime() - validFrom.getTime());
    if (left > lateShare || this.#late === current) return;
    this.#late = current;
    this.#log.warn({ validTo }, left > 0 ? "the certificate ends soon" : "the certificate has expired");
  }
}

function checkNames(dir: string, certified: Certified, expected: readonly string[]): void {
  const { names } = certified;
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const ids = missing.map((name) => idOf(certified, name)).join(" and ");
  throw new Error(`${join(dir, fileNames.cert)} must have the id ${ids}, but its names are ${names.join(", ")}`);
}

async function readIdentity(dir: string, options: IdentityOptions): Promise<RotatingIdentity> {
  try {
    return createIdentity(await readFiles(dir), options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the files tls.crt, tls.key and ca.crt in ${dir} can't be used: ${reason}`, { cause: error });
  }
}

async function readFiles(dir: string): Promise<IdentityFiles> {
  const read = (name: string) => readFile(join(dir, name), "utf8");
  const [cert, key, ca] = await Promise.all([read(fileNames.cert), read(fileNames.key), read(fileNames.ca)]);
  const retired = await read(retiredName).catch(() => undefined);
  return { cert, key, ca, retired };
}

/** Returns a text that changes when the files do. */
async function stampOf(dir: string): Promise<string> {
  const states = await Promise.all(Object.values(fileNames).map((name) => stat(join(dir, name))));
  const retired = await stat(join(dir, retiredName)).catch(() => undefined);
  const all = retired ? [...states, retired] : states;
  return all.map(({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`).join();
}
