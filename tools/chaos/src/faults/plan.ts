import type { Random } from "../random.ts";
import type { CrashPoint } from "./crash-points.ts";

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
  | { readonly kind: "restart"; readonly target: string; readonly durationMs: number }
  | { readonly kind: "fill"; readonly target: string; readonly durationMs: number }
  | { readonly kind: "delete"; readonly target: string };

export type Network = "nats" | "postgres" | "calls";

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
  /** The names of the servers that are restarted. */
  readonly servers: readonly string[];
  /** The streams that are filled and deleted. */
  readonly streams: readonly string[];
}

export type FaultKind = Fault["kind"];

/** How often each kind comes. */
const weights: Readonly<Record<FaultKind, number>> = {
  kill: 5,
  crash: 12,
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

/** The points that the processes of an app reach: the gateway none, the ledger has no methods, and the catalog consumes nothing. */
function pointsOf(name: string): readonly CrashPoint[] {
  if (/^gateway/.test(name)) return [];
  if (/^ledger/.test(name)) return ["before commit", "after commit before ack", "after ack"];
  const ofRequests = ["before commit", "after commit before reply", "after publish before mark"] as const;
  return /^catalog/.test(name) ? ofRequests : [...ofRequests, "after commit before ack", "after ack"];
}

/** No service calls these. */
const isNotCalled = /^(gateway|ledger)/;

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
  const networks: Network[] = isNotCalled.test(target) ? ["nats", "postgres"] : ["nats", "postgres", "calls"];
  const durationMs = random.between(Math.min(1_000, options.longestMs), options.longestMs);
  switch (kind) {
    case "kill":
      return { kind, target };
    case "crash": {
      const able = options.processes.filter((name) => pointsOf(name).length > 0);
      const crashed = random.pick(able);
      return { kind, target: crashed, point: random.pick(pointsOf(crashed)) };
    }
    case "drain":
      return { kind, target, afterMs: random.between(0, 900) };
    case "stop":
      return { kind, target, durationMs: options.longestMs };
    case "cut":
      return { kind, target, network: random.pick(networks), durationMs };
    case "slow":
      return { kind, target, network: random.pick(networks), durationMs, delayMs: random.between(20, 300) };
    case "restart":
      return { kind, target: random.pick(options.servers), durationMs: random.between(0, 2_000) };
    case "fill":
      return { kind, target: random.pick(options.streams), durationMs };
    case "delete":
      return { kind, target: random.pick(options.streams) };
    default:
      return kind satisfies never;
  }
}

const ends: Readonly<Record<Network, string>> = { nats: "nats", postgres: "postgres", calls: "its callers" };

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
      return `${fault.target}: cut off from ${ends[fault.network]} for ${seconds(fault.durationMs)}`;
    case "slow":
      return `${fault.target}: ${fault.delayMs} ms more to ${ends[fault.network]} for ${seconds(fault.durationMs)}`;
    case "restart":
      return `${fault.target}: kill -9, down for ${seconds(fault.durationMs)}`;
    case "fill":
      return `${fault.target}: full for ${seconds(fault.durationMs)}`;
    case "delete":
      return `${fault.target}: deleted`;
    default:
      return fault satisfies never;
  }
}
