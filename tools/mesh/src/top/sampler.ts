import { CommandError } from "@mesh/codegen/command";
import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import {
  type MethodCounts,
  Statistics,
  type StatisticsTypes,
} from "@mesh/contracts/protocols/mesh/statistics/v1/index";
import { type Bus, type ListedReplica, registeredReplicas } from "@mesh/events/registry";
import { connect, type Identity, type Upstream } from "@mesh/rpc";

import { exitCodes } from "../settings.ts";

/** What the servers of the mesh have counted until a time. */
export interface Sample {
  /** When, by `performance.now()`. */
  readonly at: number;
  /** The counts of each process that has responded, by its address and its id. */
  readonly processes: ReadonlyMap<string, readonly MethodCounts[]>;
  /** The services with a replica in the registry. */
  readonly services: readonly string[];
  /** The processes that have not responded, each with the reason. */
  readonly failed: readonly string[];
}

/** The longest wait for the registry and for a process, in milliseconds. */
const timeoutMs = 3_000;

/** Asks the servers in the registry what they have counted. Keeps its connections until `close`. */
export class Sampler {
  readonly #bus: Bus;
  readonly #credentials: Identity | undefined;
  readonly #upstreams = new Map<string, Upstream<StatisticsTypes>>();

  constructor(bus: Bus, credentials: Identity | undefined) {
    this.#bus = bus;
    this.#credentials = credentials;
  }

  /** Asks all of them. @throws CommandError if the registry can't be read */
  async sample(): Promise<Sample> {
    const replicas = await this.#replicas();
    // A process of several services is registered once for each of them.
    const processes = replicas.filter(({ address }, at) => at === replicas.findIndex((one) => one.address === address));
    const results = await Promise.all(processes.map((replica) => this.#count(replica)));
    return {
      at: performance.now(),
      processes: new Map(results.flatMap(({ key, methods }) => (methods ? [[key, methods]] : []))),
      services: [...new Set(replicas.map(({ service }) => service))],
      failed: results.flatMap(({ failure }) => failure ?? []),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
  }

  async #replicas(): Promise<ListedReplica[]> {
    try {
      return await registeredReplicas(this.#bus, AbortSignal.timeout(timeoutMs));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CommandError(`the registry of the mesh can't be read: ${reason}`, exitCodes.unreachable);
    }
  }

  async #count(replica: ListedReplica) {
    const { service, address, id } = replica;
    const key = `${address} ${id}`;
    try {
      const { methods } = await this.#upstreamOf(replica).client.countCalls({}, { timeoutMs });
      return { key, methods };
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      return { key, failure: `${service} at ${address} does not report its calls: ${error.code}: ${error.message}` };
    }
  }

  #upstreamOf({ service, address }: ListedReplica): Upstream<StatisticsTypes> {
    const known = this.#upstreams.get(address);
    if (known) return known;
    // The name that the certificate of the process has.
    const definition: ServiceDefinition<StatisticsTypes> = { ...Statistics, name: service };
    const upstream = connect(definition, { address, ...(this.#credentials && { credentials: this.#credentials }) });
    this.#upstreams.set(address, upstream);
    return upstream;
  }
}
