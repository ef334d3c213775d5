import { randomUUID } from "node:crypto";
import { RegisteredReplicaMessage } from "@mesh/contracts/protocols/mesh/v1/registry.messages";
import type { Replica } from "@mesh/rpc";
import type { KvEntry } from "nats";

/** Returns a new id of a process. It contains no dot, with which the key of the registry could not be split. */
export function newReplicaId(): string {
  return randomUUID();
}

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

/** Returns the value of a replica, as `registry.proto` describes it. */
export function encodeReplica(service: string, { id, address, version = "" }: Replica, startedAt: Date): Uint8Array {
  return RegisteredReplicaMessage.encode({ service, id, address, version, startedAt });
}

/** Reads a replica. @throws Error if it is malformed or has no usable address */
export function replicaOf({ key, value }: Pick<KvEntry, "key" | "value">): Replica {
  const { service, id, address, version } = RegisteredReplicaMessage.decode(value);
  if (keyOf(service, id) !== key) throw new Error(`the key is not that of ${keyOf(service, id)}`);
  if (!/^\S+:\d{1,5}$/.test(address)) throw new Error(`${JSON.stringify(address)} is not host:port`);
  return { id, address, ...(version && { version }) };
}
