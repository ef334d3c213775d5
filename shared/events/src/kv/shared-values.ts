import { createHash } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { type KV, type KvOptions, type NatsConnection, StorageType } from "nats";
import type { Bus } from "../bus.ts";
import { reasonOf } from "../nats-error.ts";
import { openBucket } from "./open-bucket.ts";

/** A value that was read, and the revision of its key. */
export interface SharedValue {
  /** Undefined: there is none, or its time is over. */
  readonly bytes: Uint8Array | undefined;
  /** For `write`; undefined: NATS can't be reached, so nothing is written. */
  readonly revision: number | undefined;
}

/** Values that all processes of a service share, in NATS KV. */
export interface SharedValues {
  /** Reads a value. There is none while NATS can't be reached. */
  read(key: string): Promise<SharedValue>;
  /** Writes a value that was computed after `read`, unless the key was forgotten or written meanwhile, or NATS can't be reached. */
  write(key: string, bytes: Uint8Array, ttlMs: number, revision: number): Promise<void>;
  /** Forgets a value in all processes. @throws MeshError UNAVAILABLE if NATS can't be reached */
  forget(key: string): Promise<void>;
}

/** The longest that a value is kept, in milliseconds. */
const maxAgeMs = 60 * 60 * 1_000;

/** NATS reserves it, on disk: servers have little memory for this. While it is full, no value is added. */
const maxBytes = 16 * 1024 * 1024;

/** The bytes before each value: when its time is over, in milliseconds since the epoch. */
const headBytes = 8;

/**
 * Opens the values of a service. NATS need not run yet.
 *
 * @param slug the name of the service, as in the subjects of its events
 *
 * @example
 * ```ts no-run
 * import { connectBus, openSharedValues } from "@mesh/events";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "catalog", level: "info" });
 * const values = openSharedValues(connectBus({ url: "nats://127.0.0.1:4222", name: "catalog", log }), "catalog", log);
 * const { bytes, revision } = await values.read("best sellers");
 * if (!bytes && revision !== undefined) await values.write("best sellers", new Uint8Array(1), 60_000, revision);
 * ```
 */
export function openSharedValues(bus: Bus, slug: string, log: Logger): SharedValues {
  const options: Partial<KvOptions> = {
    description: `values that ${slug} has computed`,
    history: 1,
    storage: StorageType.File,
    ttl: maxAgeMs,
    max_bytes: maxBytes,
  };
  let isReported = false;
  let opened: { readonly connection: NatsConnection; readonly bucket: Promise<KV> } | undefined;

  /** Returns the bucket; undefined while NATS can't be reached. */
  async function bucketNow(): Promise<KV | undefined> {
    const connection = bus.current();
    if (!connection) return undefined;
    if (opened?.connection !== connection) {
      const bucket = openBucket(connection, `mesh_values_${slug}`, options);
      const mine = { connection, bucket };
      opened = mine;
      bucket.catch((error: unknown) => {
        if (opened === mine) opened = undefined;
        if (!isReported) log.warn({ reason: reasonOf(error) }, "results can't be shared: each process computes them");
        isReported = true;
      });
    }
    return opened?.bucket;
  }

  return {
    async read(key) {
      try {
        const bucket = await bucketNow();
        if (!bucket) return { bytes: undefined, revision: undefined };
        const entry = await bucket.get(nameOf(key));
        const bytes = entry?.operation === "PUT" ? openValue(entry.value) : undefined;
        return { bytes, revision: entry?.revision ?? 0 };
      } catch {
        return { bytes: undefined, revision: undefined };
      }
    },
    async write(key, bytes, ttlMs, revision) {
      try {
        const bucket = await bucketNow();
        await bucket?.put(nameOf(key), sealValue(bytes, ttlMs), { previousSeq: revision });
      } catch {
        // It is computed again.
      }
    },
    async forget(key) {
      const bucket = await bucketNow().catch(unreachable);
      if (!bucket) return unreachable();
      await bucket.delete(nameOf(key)).catch(unreachable);
    },
  };
}

function unreachable(cause?: unknown): never {
  throw new MeshError({
    code: "UNAVAILABLE",
    message: "a shared value could not be forgotten",
    cause,
    retryAfterMs: 500,
  });
}

/** Keys of NATS have few characters. */
function nameOf(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

function sealValue(bytes: Uint8Array, ttlMs: number): Uint8Array {
  const sealed = Buffer.alloc(headBytes + bytes.length);
  sealed.writeDoubleBE(Date.now() + ttlMs);
  sealed.set(bytes, headBytes);
  return sealed;
}

function openValue(sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < headBytes) return undefined;
  const { buffer, byteOffset, byteLength } = sealed;
  const endsAt = new DataView(buffer, byteOffset, byteLength).getFloat64(0);
  return Date.now() < endsAt ? sealed.subarray(headBytes) : undefined;
}
