import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Discovery, Replica } from "../../discovery/discovery.ts";
import type { OutgoingStream } from "../outgoing-stream.ts";
import { closedError, type StartInit, type Transport } from "../transport.ts";
import type { UnaryCall } from "../unary-call.ts";
import { Endpoint, type ReplicaTransports } from "./endpoint.ts";

/** How long calls wait for the first list of replicas, in milliseconds. */
const firstListMs = 2_000;

/** Options of a balanced transport. */
export interface BalancerOptions {
  /** The name of the service. */
  readonly upstream: string;
  readonly discovery: Discovery;
  /** Makes the ways to a replica. */
  readonly connect: (replica: Replica) => ReplicaTransports;
}

/** Spreads calls over the replicas of a service. */
export class BalancedTransport implements Transport {
  opening: Promise<void> | undefined;
  readonly #upstream: string;
  readonly #connect: BalancerOptions["connect"];
  readonly #unwatch: () => void;
  #endpoints: readonly Endpoint[] = [];
  /** Replicas that have left, and have calls under way. */
  #leaving: readonly Endpoint[] = [];
  #turn = 0;
  #isClosed = false;
  #open: () => void = () => {};

  constructor({ upstream, discovery, connect }: BalancerOptions) {
    this.#upstream = upstream;
    this.#connect = connect;
    this.opening = new Promise((resolve) => {
      const timer = setTimeout(() => this.#open(), firstListMs);
      this.#open = () => {
        clearTimeout(timer);
        this.opening = undefined;
        resolve();
      };
    });
    this.#unwatch = discovery.watch(upstream, (replicas) => this.#update(replicas));
  }

  /** The replicas that get calls. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  start(method: MethodDefinition, init: StartInit): OutgoingStream {
    return this.#pick().start(method, init);
  }

  unary(call: UnaryCall): void {
    this.#pick().unary(call);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unwatch();
    this.#open();
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) endpoint.close();
  }

  #pick(): Endpoint {
    if (this.#isClosed) throw closedError(this.#upstream);
    const picked = this.#endpoints[this.#turn++ % this.#endpoints.length];
    if (!picked) throw noReplica(this.#upstream);
    return picked;
  }

  #update(replicas: readonly Replica[]): void {
    if (this.#isClosed) return;
    const before = new Map(this.#endpoints.map((endpoint) => [keyOf(endpoint.replica), endpoint]));
    const unique = new Map(replicas.map((replica) => [keyOf(replica), replica]));
    this.#endpoints = [...unique].map(([key, replica]) => {
      return before.get(key) ?? new Endpoint(replica, this.#connect(replica));
    });
    const gone = [...before].filter(([key]) => !unique.has(key)).map(([, endpoint]) => endpoint);
    this.#leaving = [...this.#leaving, ...gone].filter(({ openCalls }) => openCalls > 0);
    for (const endpoint of gone) endpoint.leave();
    this.#open();
  }
}

/** The error of a call to a service none of whose replicas is known. */
export function noReplica(upstream: string): MeshError {
  return new MeshError({ code: "UNAVAILABLE", message: `${upstream} has no known replica` });
}

/** A process that restarts has another id, and one that moves another address: both are new replicas. */
function keyOf({ id, address }: Replica): string {
  return `${id} ${address}`;
}
