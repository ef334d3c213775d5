import type { Random } from "../random.ts";
import { type CrashPoint, crashPoints } from "./crash-points.ts";

/** What happens to a process, or to a server. */
export type Fault =
  | { readonly kind: "kill"; readonly target: string }
  | { readonly kind: "crash"; readonly target: string; readonly point: CrashPoint }
  /** A process is killed while it ends. */
  | { readonly kind: "drain"; readonly target: string; readonly afterMs: number }
  | { readonly kind: "stop"; readonly target: string; readonly durationMs: number }
  | { readonly kind: "cut"; readonly target: string; readonly network: Network; readonly durationMs: number }
  | {
      readonly kind: "slow";
      readonly target: string;
      readonly network: Network;
      readonly durationMs: number;
      readonly delayMs: number;
    }
  | { readonly kind: "restart"; readonly target: Server; readonly durationMs: number }
  | { readonly kind: "fill" | "delete"; readonly target: string; readonly durationMs: number };

export type Network = "nats" | "postgres";
export type Server = "nats" | "postgres";

/** A fault and the time at which it begins, in milliseconds after the load. */
export interface PlannedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

export interface PlanOptions {
  readonly kinds: readonly FaultKind[];
  readonly faults: number;
  /** The time in which they begin, in milliseconds. */
  readonly durationMs: number;
  /** The longest that a process is stopped, or a network is cut, in milliseconds. */
  readonly longestMs: number;
  /** The names of all processes. */
  readonly processes: readonly string[];
  /** The streams that are filled and deleted. */
  readonly streams: readonly string[];
}

export type FaultKind = Fault["kind"];

/** How often each kind comes. */
const weights: Readonly<Record<FaultKind, number>> = {
  kill: 5,
  crash: 8,
  drain: 3,
  stop: 3,
  cut: 3,
  slow: 3,
  restart: 2,
  fill: 1,
  delete: 1,
};

/** The kinds of faults. */
export const faultKinds = Object.keys(weights) as FaultKind[]; // Its own keys.

/** Points that a process without a database, and without consumers, never reaches. */
const hasNoDatabase = /^gateway/;
const runtimePoints = crashPoints.filter((point) => point !== "during migration");

/** Returns faults at even times, in an order that the random numbers determine. Each kind comes once before one comes twice. */
export function planFaults(random: Random, options: PlanOptions): PlannedFault[] {
  const first = options.kinds
    .map((kind) => ({ kind, order: random.next() }))
    .sort((one, other) => one.order - other.order);
  const weighted = options.kinds.flatMap((kind) => Array<FaultKind>(weights[kind]).fill(kind));
  return Array.from({ length: options.faults }, (_, at) => ({
    atMs: Math.round(((at + random.next()) / options.faults) * options.durationMs),
    fault: faultOf(first[at]?.kind ?? random.pick(weighted), random, options),
  }));
}

function faultOf(kind: FaultKind, random: Random, options: PlanOptions): Fault {
  const target = random.pick(options.processes);
  const durationMs = random.between(Math.min(1_000, options.longestMs), options.longestMs);
  switch (kind) {
    case "kill":
      return { kind, target };
    case "crash": {
      const able = options.processes.filter((name) => !hasNoDatabase.test(name));
      return { kind, target: random.pick(able), point: random.pick(runtimePoints) };
    }
    case "drain":
      return { kind, target, afterMs: random.between(0, 900) };
    case "stop":
      return { kind, target, durationMs: options.longestMs };
    case "cut":
      return { kind, target, network: random.pick(["nats", "postgres"]), durationMs };
    case "slow":
      return { kind, target, network: random.pick(["nats", "postgres"]), durationMs, delayMs: random.between(20, 300) };
    case "restart":
      return { kind, target: random.pick(["nats", "postgres"]), durationMs: random.between(0, 2_000) };
    case "fill":
    case "delete":
      return { kind, target: random.pick(options.streams), durationMs };
    default:
      return kind satisfies never;
  }
}

/** Describes a fault in a few words: `orders: crash after ack`. */
export function describe(fault: Fault): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  switch (fault.kind) {
    case "kill":
      return `${fault.target}: kill -9`;
    case "crash":
      return `${fault.target}: kill -9 ${fault.point}`;
    case "drain":
      return `${fault.target}: kill -9 ${fault.afterMs} ms after SIGTERM`;
    case "stop":
      return `${fault.target}: stop for ${seconds(fault.durationMs)}`;
    case "cut":
      return `${fault.target}: cut off from ${fault.network} for ${seconds(fault.durationMs)}`;
    case "slow":
      return `${fault.target}: ${fault.delayMs} ms more to ${fault.network} for ${seconds(fault.durationMs)}`;
    case "restart":
      return `${fault.target}: kill -9, down for ${seconds(fault.durationMs)}`;
    case "fill":
      return `${fault.target}: full for ${seconds(fault.durationMs)}`;
    case "delete":
      return `${fault.target}: deleted, sent again after ${seconds(fault.durationMs)}`;
    default:
      return fault satisfies never;
  }
}
