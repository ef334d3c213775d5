import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { backoffMs, type Health, type Lifecycle, type Logger } from "@mesh/runtime";
import type { Store } from "@mesh/store";
import type * as schema from "../schema.ts";

/** The gateway's own database, with the tables of schema.ts. */
export type GatewayStore = Store<typeof schema>;

/** The gateway's own database, which is opened in the background. The gateway starts and serves without it. */
export interface GatewayDatabase {
  /**
   * Returns the store once it has been opened. After that, its statements throw UNAVAILABLE while it can't be reached.
   *
   * @param waitMs the longest wait for that, in milliseconds; default: 2,000
   * @throws MeshError UNAVAILABLE if it was not opened in time
   */
  store(waitMs?: number): Promise<GatewayStore>;
}

/** Options of `openDatabase`. */
export interface DatabaseOptions {
  readonly url: string;
  readonly schema: typeof schema;
  readonly migrations: URL;
  readonly life: Lifecycle;
  readonly log: Logger;
  /**
   * Gets the part `store`, which is ready once the database was opened, and after 5 s without it: most calls need no database. A
   * warning says if it can't be reached.
   */
  readonly health: Health;
}

const openWaitMs = 2_000;
const unreadyMs = 5_000;
const retry = { baseMs: 1_000, maxMs: 30_000 };

/** The longest wait for statements at the end, in milliseconds. Requests had their time before. */
const closeTimeoutMs = 1_000;

/** Opens the database, and tries again until that works or the gateway ends. */
export function openDatabase(options: DatabaseOptions): GatewayDatabase {
  const opened = openPatiently(options);
  let current: GatewayStore | undefined;
  const waiting = new Set<(store: GatewayStore) => void>();
  const keep = (store: GatewayStore) => {
    current = store;
    for (const found of waiting) found(store);
  };
  // It rejects only when the gateway ends.
  opened.then(keep, () => {});
  options.life.onClose("store", () => current?.close());

  async function untilOpen(waitMs: number): Promise<GatewayStore> {
    let found = (_: GatewayStore) => {};
    const isOpen = new Promise<GatewayStore>((resolve) => {
      found = resolve;
    });
    waiting.add(found);
    try {
      return await Promise.race([isOpen, notOpened(waitMs)]);
    } finally {
      waiting.delete(found);
    }
  }

  return { store: async (waitMs = openWaitMs) => current ?? untilOpen(waitMs) };
}

async function openPatiently(options: DatabaseOptions): Promise<GatewayStore> {
  const { life, log, ...store } = options;
  const health = soonReady(options.health);
  const { openStore } = await import("@mesh/store");
  const { signal } = life;
  for (let failures = 0; ; failures++) {
    try {
      return await openStore({ ...store, name: "gateway", log, signal, health, closeTimeoutMs });
    } catch (error) {
      if (signal.aborted) throw error;
      log.error({ err: error }, "the database of the gateway can't be opened; trying again");
      await pause(backoffMs(failures, retry), undefined, { signal });
    }
  }
}

async function notOpened(waitMs: number): Promise<never> {
  await pause(waitMs, undefined, { ref: false });
  throw new MeshError({ code: "UNAVAILABLE", message: "the database can't be reached", retryAfterMs: 500 });
}

/** Returns a health whose parts are ready from the first time on, or after 5 s. */
function soonReady(health: Health): Health {
  const reasons = new Map<string, string | undefined>();
  let isWaiting = true;
  const wait = setTimeout(() => {
    isWaiting = false;
    for (const [part, reason] of reasons) health.set(part, true, reason);
  }, unreadyMs).unref();
  return {
    ...health,
    set(part, isReady, reason) {
      reasons.set(part, reason);
      if (isReady) clearTimeout(wait);
      isWaiting &&= !isReady;
      health.set(part, isReady || !isWaiting, reason);
    },
  };
}
