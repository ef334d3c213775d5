import { randomUUID } from "node:crypto";
import { RegisteredReplicaMessage } from "@mesh/contracts/protocols/mesh/v1/registry.messages";
import type { Replica } from "@mesh/rpc";
import type { KvEntry } from "nats";

/** Returns a new id of a process. It contains no dot, with which the key of the registry could not be split. */
export function newReplicaId(): string {
  return randomUUID();
}

/** The first part of the keys of processes that only read the registry. No service can have this name. */
export const readersName = "mesh-readers";

/** Returns the key of a replica in the bucket: `acme.orders.<id>`. */
export function keyOf(service: string, id: string): string {
  return `${service}.${id}`;
}

/** Returns the pattern of the keys of a service. A dot ends a token, so the keys of `acme.orders` are not those of `acme`. */
export function keysOf(service: string): string {
  return `${service}.*`;
}

/** Returns the name of the service in a key. */
export function serviceOf(key: string): string {
  return key.slice(0, key.lastIndexOf("."));
}

/** A replica, and where its heartbeats come from. */
export interface RegisteredReplica extends Replica {
  /** When it registered, by its own clock. */
  readonly startedAt?: Date | undefined;
  /** The id of the server of NATS that it is connected to; empty: it did not say. */
  readonly natsServer: string;
}

/** Returns the value of a replica, as `registry.proto` describes it. */
export function encodeReplica(service: string, { version = "", ...replica }: RegisteredReplica): Uint8Array {
  return RegisteredReplicaMessage.encode({ service, version, startedAt: undefined, ...replica });
}

/** Reads a replica. @throws Error if it is malformed or has no usable address */
export function replicaOf({ key, value }: Pick<KvEntry, "key" | "value">): RegisteredReplica {
  const { service, id, address, version, startedAt, natsServer } = RegisteredReplicaMessage.decode(value);
  if (keyOf(service, id) !== key) throw new Error(`the key is not that of ${keyOf(service, id)}`);
  if (!/^\S+:\d{1,5}$/.test(address)) throw new Error(`${JSON.stringify(address)} is not host:port`);
  return { id, address, ...(version && { version }), startedAt, natsServer };
}
