import { keptMs } from "./cleanup.ts";
import { hasEnded, type KeyedResults, keyConflict, keyInUse } from "./keyed-results.ts";

/** A call with an idempotency key that runs or has run. */
interface Entry {
  readonly requestHash: string;
  readonly at: number;
  /** The time after which another attempt may run if this one has not ended. */
  readonly leaseUntil: number;
  /** Undefined: it runs, or its result is unknown. */
  response: Uint8Array | undefined;
}

/** The most keys that are remembered, and the most bytes of their responses. The oldest are forgotten first. */
const maxEntries = 10_000;
const maxBytes = 32 * 1024 * 1024;

/** Keeps results in the memory of this process: others don't know them, and they are lost when it ends. */
export function createMemoryResults(): KeyedResults {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function forget(id: string): void {
    bytes -= entries.get(id)?.response?.length ?? 0;
    entries.delete(id);
  }

  function forgetOld(): void {
    for (const [id, { at }] of entries) {
      if (entries.size <= maxEntries && bytes <= maxBytes && Date.now() - at < keptMs) return;
      forget(id);
    }
  }

  return {
    async run({ id, requestHash, leaseMs }, work) {
      forgetOld();
      const earlier = entries.get(id);
      if (earlier && earlier.requestHash !== requestHash) throw keyConflict();
      if (earlier?.response) return { response: earlier.response, isReplayed: true };
      const now = Date.now();
      if (earlier && now < earlier.leaseUntil) throw keyInUse();
      const entry: Entry = { requestHash, at: now, leaseUntil: now + leaseMs, response: undefined };
      entries.delete(id);
      entries.set(id, entry);
      // It may have been forgotten meanwhile, or replaced by a later attempt.
      const isKept = () => entries.get(id) === entry;
      try {
        const response = await work();
        if (isKept()) bytes += response.length;
        entry.response = response;
        return { response, isReplayed: false };
      } catch (error) {
        if (isKept() && hasEnded(error)) entries.delete(id);
        throw error;
      }
    },
  };
}
