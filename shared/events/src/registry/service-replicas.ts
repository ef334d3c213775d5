import type { Replica } from "@mesh/rpc";
import { silenceMs } from "./bucket.ts";
import type { RegisteredReplica } from "./entry.ts";

/** Receives all replicas of a service. */
export type ReplicasListener = (replicas: readonly Replica[]) => void;

/** A replica, as this process knows it from the registry. Times are in milliseconds of the clock of the reader. */
export interface KnownReplica {
  readonly key: string;
  readonly replica: Replica;
  /** The revision of its last heartbeat. */
  revision: number;
  /** The id of the server of NATS that its last heartbeat came through; empty: it does not matter any more. */
  natsServer: string;
  /** When that was. */
  heardAt: number;
  /** It is silent if no heartbeat comes until then. */
  dueAt: number;
  /** Whether the current watch has received it. An earlier watch may have read another registry. */
  isCurrent: boolean;
  /** Whether the registry has confirmed that it is silent. */
  isSilent: boolean;
}

/**
 * The time for which silent replicas are used if a service has no others, in milliseconds. They may be cut off from NATS, or
 * overloaded; if they are gone, a call fails either way.
 */
export const lastResortMs = 30_000;

/** The replicas of one service. Listeners are called when they change, once they are known. */
export class ServiceReplicas {
  readonly #known = new Map<string, KnownReplica>();
  readonly #listeners = new Set<ReplicasListener>();
  #published: readonly Replica[] | undefined;

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Whether a replica is known that is not silent. */
  get isHeard(): boolean {
    return [...this.#known.values()].some(({ isSilent }) => !isSilent);
  }

  /** Calls back now, if the replicas are known, and after each change, until the returned function is called. */
  listen(listener: ReplicasListener): () => void {
    this.#listeners.add(listener);
    if (this.#published) listener(this.#published);
    return () => void this.#listeners.delete(listener);
  }

  /** Handles a heartbeat. Returns whether the list may have changed. */
  heard(key: string, { natsServer, ...replica }: RegisteredReplica, revision: number, now: number): boolean {
    const known = this.#known.get(key);
    const isNews = known?.replica.address !== replica.address || known.isSilent;
    const times = { heardAt: now, dueAt: now + silenceMs };
    const state = { revision, natsServer, ...times, isCurrent: true, isSilent: false };
    if (known?.replica.address === replica.address) Object.assign(known, state);
    else this.#known.set(key, { key, replica, ...state });
    return isNews;
  }

  /**
   * Handles the removal of a replica by itself. The last one stays like a silent one: until it has closed, it still answers.
   * Returns whether it was known.
   */
  left(key: string, now: number): boolean {
    const known = this.#known.get(key);
    if (known && this.#known.size === 1) Object.assign(known, { isSilent: true, dueAt: Math.min(known.dueAt, now) });
    else this.#known.delete(key);
    return known !== undefined;
  }

  /** Gives all replicas time to register again, because the registry may have been lost, or was silent. */
  extend(dueAt: number): void {
    for (const known of this.#known.values()) Object.assign(known, { dueAt, natsServer: "", isCurrent: false });
  }

  /** Returns whether a heartbeat has come through a server of NATS since then. */
  hasHeardThrough(natsServer: string, since: number): boolean {
    return [...this.#known.values()].some((known) => known.natsServer === natsServer && known.heardAt >= since);
  }

  /** Returns the replicas whose silence is to be confirmed. */
  overdue(now: number): KnownReplica[] {
    return [...this.#known.values()].filter(({ isSilent, dueAt }) => !isSilent && dueAt < now);
  }

  /** Forgets silent replicas if there are others, or after `lastResortMs`, and calls the listeners if something changed. */
  publish(now: number): void {
    const isAnyHeard = this.isHeard;
    for (const { key, isSilent, dueAt } of this.#known.values()) {
      if (isSilent && (isAnyHeard || dueAt + lastResortMs < now)) this.#known.delete(key);
    }
    const replicas = this.#current();
    if (this.#published && isSame(this.#published, replicas)) return;
    this.#published = replicas;
    for (const listener of this.#listeners) listener(replicas);
  }

  /** Of several at one address, the newest is there: a process that ended has not left yet. */
  #current(): Replica[] {
    const byAddress = new Map([...this.#known.values()].map(({ replica }) => [replica.address, replica]));
    return [...byAddress.values()];
  }
}

function isSame(one: readonly Replica[], other: readonly Replica[]): boolean {
  return one.length === other.length && one.every((replica, index) => replica === other[index]);
}
