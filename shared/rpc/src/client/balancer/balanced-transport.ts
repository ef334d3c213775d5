import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { Discovery, Replica } from "../../discovery/discovery.ts";
import { asUnsent } from "../../error-origin.ts";
import { retryLaterMs } from "../../retry-later.ts";
import type { OutgoingStream } from "../outgoing-stream.ts";
import { closedError, type StartInit, type Transport } from "../transport.ts";
import type { UnaryCall } from "../unary-call.ts";
import { type CallUse, choose, meanLatencyOf } from "./choose.ts";
import { Endpoint, type EndpointListener, type ReplicaTransports } from "./endpoint.ts";
import { FailureRows } from "./failure-rows.ts";
import { Gate } from "./gate.ts";
import { OutlierDetection } from "./outlier-detection.ts";
import { Renewal } from "./renewal.ts";
import { bestOf, isUsable, tierOf, tiers } from "./tiers.ts";

/** How long the first calls wait for further replicas when one is connected, in milliseconds: it should not get them all. */
const othersMs = 50;

/** Options of a balanced transport. */
export interface BalancerOptions {
  /** The name of the service. */
  readonly upstream: string;
  readonly discovery: Discovery;
  /** Makes the ways to a replica. */
  readonly connect: (replica: Replica) => ReplicaTransports;
  /** Gets a line when a replica is ejected and when it is back. */
  readonly log: Logger | undefined;
  /** The age at which a connection is replaced, in milliseconds. */
  readonly connectionAgeMs: number;
}

/**
 * Spreads calls over the replicas of a service, each of which has a connection of its own. With the first call all replicas
 * are connected; until one is, calls wait, at most two seconds.
 */
export class BalancedTransport implements Transport, EndpointListener {
  readonly rows = new FailureRows();
  readonly #upstream: string;
  readonly #connect: BalancerOptions["connect"];
  readonly #outliers: OutlierDetection;
  readonly #renewal: Renewal;
  readonly #gate = new Gate();
  readonly #unwatch: () => void;
  #endpoints: readonly Endpoint[] = [];
  /** Replicas that have left, and have calls under way. */
  #leaving: readonly Endpoint[] = [];
  /** The replicas that get calls now. */
  #best: readonly Endpoint[] = [];
  #trials: readonly Endpoint[] = [];
  #hasIdle = false;
  #isClosed = false;

  constructor({ upstream, discovery, connect, log, connectionAgeMs }: BalancerOptions) {
    this.#upstream = upstream;
    this.#connect = connect;
    this.#outliers = new OutlierDetection({
      upstream,
      log,
      endpoints: () => this.#endpoints,
      rows: this.rows,
      onChange: () => this.onChange(),
    });
    this.#renewal = new Renewal({
      ageMs: connectionAgeMs,
      another: ({ replica, latency }) => this.#add(replica, latency.at(performance.now())),
      replace: (old, fresh) => this.#replace(old, fresh),
    });
    // Calls wait for the first list.
    this.#gate.close();
    this.#unwatch = discovery.watch(upstream, (replicas) => this.#update(replicas));
  }

  get opening(): Promise<void> | undefined {
    if (this.#hasIdle) this.#connectIdle();
    return this.#gate.opening;
  }

  /** The replicas that are known. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  start(method: MethodDefinition, init: StartInit): OutgoingStream {
    return this.#pick("stream", init).start(method, init);
  }

  unary(call: UnaryCall): void {
    // Before the call counts: this throws for a request that can't be sent.
    void call.request;
    this.#pick("unary", call).unary(call);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unwatch();
    this.#gate.open();
    this.#outliers.look(false);
    for (const endpoint of [...this.#endpoints, ...this.#leaving]) {
      this.#outliers.forget(endpoint);
      this.#renewal.forget(endpoint);
      endpoint.close();
    }
  }

  onChange(endpoint?: Endpoint): void {
    if (this.#isClosed) return;
    if (endpoint?.replaces) this.#renewal.note(endpoint);
    const found = bestOf(this.#endpoints);
    this.#best = found?.best ?? [];
    this.#trials = this.#endpoints.filter(isOnTrial);
    const isAlone = this.#endpoints.length === 1;
    this.#hasIdle = !isAlone && this.#endpoints.some(({ plain }) => plain.connection.now === "idle");
    if (!isAlone && found?.tier === tiers.connecting) this.#gate.close();
    else this.#gate.open(this.#endpoints.some(isOnItsWay) ? othersMs : 0);
    if (endpoint?.isConnected) this.#outliers.retry(endpoint);
  }

  onFailure(endpoint: Endpoint): void {
    this.#outliers.check(endpoint);
  }

  onTrial(endpoint: Endpoint, isSuccess: boolean): void {
    this.#outliers.settleTrial(endpoint, isSuccess);
  }

  onRefused(endpoint: Endpoint, call: UnaryCall): boolean {
    const others = this.#endpoints.filter((one) => one !== endpoint && isUsable(one));
    const other = this.#choose("unary", others, call.split);
    if (!other || this.#isClosed) return false;
    endpoint.release(call);
    call.onEnd = undefined;
    call.onCancel = undefined;
    call.tried?.push(other.replica.id);
    try {
      other.unary(call);
    } catch (error) {
      call.fail(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  #pick(use: CallUse, { tried, split }: Pick<StartInit, "tried" | "split">): Endpoint {
    if (this.#isClosed) throw closedError(this.#upstream);
    if (this.#hasIdle) this.#connectIdle();
    const picked = this.#trialFor(use) ?? this.#choose(use, this.#untried(tried), split);
    if (!picked) throw noReplica(this.#upstream);
    tried?.push(picked.replica.id);
    return picked;
  }

  #choose(use: CallUse, endpoints: readonly Endpoint[], split: StartInit["split"]): Endpoint | undefined {
    return choose(split ? split.choose(endpoints) : endpoints, use);
  }

  /** Returns a replica that needs a call to show that it is well again. */
  #trialFor(use: CallUse): Endpoint | undefined {
    if (this.#trials.length === 0 || use === "stream") return undefined;
    return this.#trials.find(({ isTrialOpen }) => !isTrialOpen);
  }

  /** Returns the best replicas that have not had a call; if all have, the best. */
  #untried(tried: readonly string[] | undefined): readonly Endpoint[] {
    if (!tried || tried.length === 0) return this.#best;
    const others = this.#endpoints.filter(({ replica }) => !tried.includes(replica.id));
    const usable = others.filter((one) => tierOf(one) <= tiers.connecting);
    return bestOf(usable)?.best ?? this.#best;
  }

  #connectIdle(): void {
    this.#hasIdle = false;
    for (const { plain } of this.#endpoints) if (plain.connection.now === "idle") plain.connect();
  }

  #update(replicas: readonly Replica[]): void {
    if (this.#isClosed) return;
    const before = new Map(this.#endpoints.map((endpoint) => [keyOf(endpoint.replica), endpoint]));
    const unique = new Map(replicas.map((replica) => [keyOf(replica), replica]));
    const usualMs = meanLatencyOf(this.#endpoints);
    this.#endpoints = [...unique].map(([key, replica]) => before.get(key) ?? this.#open(replica, usualMs));
    const gone = [...before].filter(([key]) => !unique.has(key)).map(([, endpoint]) => endpoint);
    this.#leaving = [...this.#leaving, ...gone].filter(({ openUnary, openStreams }) => openUnary + openStreams > 0);
    for (const endpoint of gone) {
      this.#outliers.forget(endpoint);
      this.#renewal.forget(endpoint);
      endpoint.leave();
    }
    const isShared = this.#endpoints.length > 1;
    for (const endpoint of this.#endpoints) endpoint.share(isShared);
    this.#outliers.look(isShared);
    this.onChange();
  }

  #open(replica: Replica, usualMs: number): Endpoint {
    const endpoint = this.#add(replica, usualMs);
    this.#renewal.watch(endpoint);
    return endpoint;
  }

  /** Gives the calls of an endpoint to another one of the same replica. */
  #replace(old: Endpoint, fresh: Endpoint): boolean {
    if (!this.#endpoints.includes(old)) return false;
    this.#endpoints = this.#endpoints.map((endpoint) => (endpoint === old ? fresh : endpoint));
    this.#leaving = [...this.#leaving, old].filter(({ openUnary, openStreams }) => openUnary + openStreams > 0);
    this.#outliers.forget(old);
    fresh.share(this.#endpoints.length > 1);
    old.leave();
    return true;
  }

  /** Adds a replica, which must not get all calls because nothing is known of it. */
  #add(replica: Replica, usualMs: number): Endpoint {
    const endpoint = new Endpoint(this.#upstream, replica, this.#connect(replica), this);
    if (usualMs > 0) endpoint.latency.assume(usualMs, performance.now());
    return endpoint;
  }
}

/** Returns whether an endpoint may show by a call that it is well again. */
function isOnTrial({ standing, plain, isServing }: Endpoint): boolean {
  return standing === "trial" && plain.connection.now === "ready" && isServing !== false;
}

/** Returns whether an endpoint will soon be usable. */
function isOnItsWay(endpoint: Endpoint): boolean {
  return endpoint.plain.connection.now === "connecting" || tierOf(endpoint) === tiers.unknown;
}

/** The error of a call to a service none of whose replicas is known. */
export function noReplica(upstream: string): MeshError {
  const message = `${upstream} has no known replica`;
  return asUnsent(new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: retryLaterMs }));
}

/** A process that restarts has another id, and one that moves another address: both are new replicas. */
function keyOf({ id, address }: Replica): string {
  return `${id} ${address}`;
}
