import type { MethodDefinition } from "@mesh/contracts";
import type { Replica } from "../../discovery/discovery.ts";
import type { OutgoingStream } from "../outgoing-stream.ts";
import { type HealthClient, healthClient } from "../readiness.ts";
import type { GrpcTransport, ReplicaTransport, StartInit } from "../transport.ts";
import type { CallObserver, UnaryCall } from "../unary-call.ts";
import type { FailureRows } from "./failure-rows.ts";
import { Latency } from "./latency.ts";
import { type Outcome, outcomeOf, streamOutcomeOf } from "./outcome.ts";
import { watchServing } from "./serving.ts";
import { SuccessRate } from "./success-rate.ts";

/** The two ways to a replica. */
export interface ReplicaTransports {
  /** The way of calls. */
  readonly calls: ReplicaTransport;
  /** The way of health checks, below that of calls. */
  readonly plain: GrpcTransport;
}

/** What happens at a replica. */
export interface EndpointListener {
  /** The rows of failures of all endpoints. */
  readonly rows: FailureRows;
  /** Called when it may be better or worse to call than before. */
  onChange(endpoint: Endpoint): void;
  /** Called after a call that its replica did not answer well. */
  onFailure(endpoint: Endpoint): void;
  /** Called with the result of a trial. */
  onTrial(endpoint: Endpoint, isSuccess: boolean): void;
  /** Called with a call that the server has refused. Returns whether another replica has it now. */
  onRefused(endpoint: Endpoint, call: UnaryCall): boolean;
}

/** The part of the calls that a replica gets: its share, none, or one at a time to see whether it is well again. */
export type Standing = "in" | "ejected" | "trial";

/** A replica, the way to it, and what is known of its calls. */
export class Endpoint implements CallObserver {
  readonly replica: Replica;
  readonly plain: GrpcTransport;
  readonly health: HealthClient;
  readonly latency = new Latency();
  readonly successes = new SuccessRate();
  openUnary = 0;
  openStreams = 0;
  /** The calls in a row that were not answered well. */
  failedInRow = 0;
  /** When the last of them ended, by `performance.now()`. */
  lastFailedAt = Number.NEGATIVE_INFINITY;
  /** By `performance.now()`. */
  lastResponseAt = Number.NEGATIVE_INFINITY;
  standing: Standing = "in";
  /** The endpoint whose calls it gets once it is connected. */
  replaces: Endpoint | undefined;
  /** Whether the health service of the replica says that it can be called; undefined: it has not said. */
  isServing: boolean | undefined;
  readonly #calls: ReplicaTransport;
  readonly #listener: EndpointListener;
  /** Since when there is no response although one is due, by `performance.now()`; undefined: none is due. */
  #silentSince: number | undefined;
  #trial: UnaryCall | undefined;
  #unwatch: (() => void) | undefined;
  #isShared = false;
  #isLeaving = false;

  constructor(upstream: string, replica: Replica, { calls, plain }: ReplicaTransports, listener: EndpointListener) {
    this.replica = replica;
    this.plain = plain;
    this.health = healthClient({ upstream, transport: plain });
    this.#calls = calls;
    this.#listener = listener;
    plain.connection.onChange = () => this.#onConnection();
  }

  get isConnected(): boolean {
    return this.plain.connection.now === "ready" || this.plain.connection.now === "draining";
  }

  get isTrialOpen(): boolean {
    return this.#trial !== undefined;
  }

  /** Returns for how long a response has been due, in milliseconds. */
  silentMs(now: number): number {
    return this.#silentSince === undefined ? 0 : now - this.#silentSince;
  }

  unary(call: UnaryCall): void {
    call.startedAt = performance.now();
    call.observer = this;
    this.openUnary += 1;
    this.#silentSince ??= call.startedAt;
    if (this.standing === "trial") this.#trial ??= call;
    try {
      this.#calls.unary(call);
    } catch (error) {
      this.release(call);
      throw error;
    }
  }

  start(method: MethodDefinition, init: StartInit): OutgoingStream {
    const stream = this.#calls.start(method, init);
    this.openStreams += 1;
    void stream.ended.then((error) => {
      this.openStreams -= 1;
      this.#judge(method, streamOutcomeOf(error), performance.now());
      this.#closeIfDone();
    });
    return stream;
  }

  ended(call: UnaryCall, error: Error | undefined): void {
    const now = performance.now();
    const elapsedMs = now - call.startedAt;
    const outcome = outcomeOf(error, elapsedMs);
    const isTrial = call === this.#trial;
    this.release(call);
    if (outcome === "answered") this.latency.observe(elapsedMs, now);
    else this.latency.raise(elapsedMs, now);
    if (isTrial && outcome !== "nothing") this.#listener.onTrial(this, outcome === "answered");
    this.#judge(call.method, outcome, now);
  }

  refused(call: UnaryCall): boolean {
    return this.#listener.onRefused(this, call);
  }

  /** Takes a call off the replica: it is over, or goes elsewhere. */
  release(call: UnaryCall): void {
    call.observer = undefined;
    this.openUnary -= 1;
    if (call === this.#trial) this.#trial = undefined;
    this.#closeIfDone();
  }

  /** Notes that the server has sent something. */
  hear(now: number): void {
    this.lastResponseAt = now;
    this.#silentSince = this.openUnary > 0 ? now : undefined;
  }

  /** Forgets how its calls have ended so far. */
  startAfresh(): void {
    this.#silentSince = this.openUnary > 0 ? performance.now() : undefined;
    this.successes.reset();
    this.failedInRow = 0;
    this.#listener.rows.forget(this);
    this.#trial = undefined;
  }

  /** Sets whether there are other replicas. Only then does it matter what its health service says. */
  share(isShared: boolean): void {
    // Calls fade only while there are others: the many before would hide those that fail now.
    if (isShared && !this.#isShared) this.successes.reset();
    this.#isShared = isShared;
    this.#watchOrNot();
  }

  /** Closes the way to the replica once its calls have ended. */
  leave(): void {
    this.#isLeaving = true;
    this.#listener.rows.forget(this);
    this.plain.connection.expectLoss();
    this.share(false);
    this.#closeIfDone();
  }

  /** Ends the open unary calls that may be made again: the replica does not respond. */
  giveUp(): void {
    this.#calls.giveUp();
  }

  /** Ends all calls. */
  close(): void {
    this.share(false);
    this.plain.connection.onChange = undefined;
    this.#calls.close();
  }

  #judge(method: MethodDefinition, outcome: Outcome, now: number): void {
    if (outcome === "nothing") return;
    if (outcome === "answered" || outcome === "failed") this.hear(now);
    const isSuccess = outcome === "answered";
    const { rows } = this.#listener;
    this.successes.add(isSuccess);
    this.failedInRow = isSuccess ? 0 : this.failedInRow + 1;
    if (!isSuccess) this.lastFailedAt = now;
    if ((!isSuccess || !rows.isEmpty) && !this.#isLeaving) rows.note(this, method, isSuccess);
    // Later, because the loss of a connection fails its calls before it is known.
    if (!isSuccess) setImmediate(() => this.#listener.onFailure(this));
  }

  #onConnection(): void {
    // Most likely another process than the one before.
    if (this.plain.connection.now === "ready") this.startAfresh();
    this.#watchOrNot();
    this.#listener.onChange(this);
  }

  #watchOrNot(): void {
    // A server that is closing would wait for the stream.
    const isWatched = this.#isShared && this.plain.connection.now === "ready";
    if (isWatched === (this.#unwatch !== undefined)) return;
    this.#unwatch?.();
    this.isServing = undefined;
    this.#unwatch = isWatched
      ? watchServing(this.health, (isServing) => {
          this.isServing = isServing;
          this.#listener.onChange(this);
        })
      : undefined;
  }

  #closeIfDone(): void {
    if (this.#isLeaving && this.openUnary === 0 && this.openStreams === 0) this.close();
  }
}
