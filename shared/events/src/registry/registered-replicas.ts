import type { KvEntry } from "nats";
import type { Bus } from "../bus.ts";
import { entriesIn } from "../kv/entries-in.ts";
import { openRegistryBucket } from "./bucket.ts";
import { replicaOf, serviceOf } from "./entry.ts";

/** A replica, as it is in the registry. */
export interface ListedReplica {
  /** The name of the service: `orders`. */
  readonly service: string;
  readonly id: string;
  /** `host:port` */
  readonly address: string;
  /** Empty: it did not say. */
  readonly version: string;
  /** When the process registered, by its own clock; undefined: it did not say. */
  readonly startedAt: Date | undefined;
  /** When NATS received the last heartbeat, by its clock. */
  readonly heardAt: Date;
}

/**
 * Returns what is in the registry now, for the tools of people. Callers of services use `natsDiscovery`. Leaves out entries that
 * are malformed.
 *
 * @param signal ends the wait for NATS
 * @throws the reason of the signal, or Error if NATS rejects the bucket
 *
 * @example
 * ```ts no-run
 * import { connectBus, registeredReplicas } from "@mesh/events/registry";
 * import { createLogger } from "@mesh/runtime";
 *
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "script", log: createLogger({ name: "script" }) });
 * for (const { service, address } of await registeredReplicas(bus, AbortSignal.timeout(5_000))) console.info(service, address);
 * await bus.close();
 * ```
 */
export async function registeredReplicas(bus: Bus, signal: AbortSignal): Promise<ListedReplica[]> {
  const bucket = await openRegistryBucket(await bus.connected(signal));
  // A heartbeat may come while it is read.
  const entries = new Map((await entriesIn(bucket, ">")).map((entry) => [entry.key, entry]));
  const replicas = [...entries.values()].flatMap(listedReplica);
  return replicas.toSorted(
    (one, other) => one.service.localeCompare(other.service) || one.address.localeCompare(other.address),
  );
}

function listedReplica(entry: KvEntry): ListedReplica[] {
  if (entry.operation !== "PUT") return [];
  try {
    const { id, address, version = "", startedAt } = replicaOf(entry);
    return [{ service: serviceOf(entry.key), id, address, version, startedAt, heardAt: entry.created }];
  } catch {
    return [];
  }
}
