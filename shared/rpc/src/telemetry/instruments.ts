import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";
import type { Meter } from "@opentelemetry/api";
import type { InFlight } from "../server/server-call.ts";

const scope = "@mesh/rpc";

/** Makes the spans of calls. */
export const tracing = new Tracing(scope);

/** The calls of a server. */
export interface ObservedServer extends InFlight {
  /** The calls for which there was no room, since it started. */
  readonly rejected: { readonly unary: number; readonly streams: number };
}

/** A replica of a service. */
interface ObservedReplica {
  readonly openUnary: number;
  readonly openStreams: number;
  readonly standing: (typeof standings)[number];
}

/** A connection to a service. */
export interface ObservedUpstream {
  readonly upstream: string;
  readonly endpoints: () => readonly ObservedReplica[];
}

/** The part of the calls that a replica gets: its share, none, or one at a time. */
const standings = ["in", "ejected", "trial"] as const;

/** Makes the instruments of calls. */
export const metering = new Metering(scope, (meter) => {
  observeServers(meter);
  observeUpstreams(meter);
  return {
    clientDuration: createDurations(meter, {
      scope,
      name: "rpc.client.call.duration",
      description: "Duration of the calls that this process makes.",
    }),
    serverDuration: createDurations(meter, {
      scope,
      name: "rpc.server.call.duration",
      description: "Duration of the calls that this process gets.",
    }),
    retries: meter.createCounter("typemesh.rpc.client.retries", {
      description: "Calls that failed and are made again.",
      unit: "{attempt}",
    }),
    ejections: meter.createCounter("typemesh.rpc.client.ejections", {
      description: "Replicas that were ejected because they fail or do not respond.",
      unit: "{ejection}",
    }),
  };
});

/** The servers of this process. */
export const servers = new Observed<ObservedServer>(metering);

/** The connections of this process. */
export const upstreams = new Observed<ObservedUpstream>(metering);

const uses = ["unary", "streams"] as const;

/** Reads what servers run when metrics are collected. Servers in one process are added up. */
function observeServers(meter: Meter): void {
  const unit = "{call}";
  const running = meter.createObservableUpDownCounter("typemesh.rpc.server.calls", {
    description: "Calls that run in this process.",
    unit,
  });
  const limit = meter.createObservableGauge("typemesh.rpc.server.call_limit", {
    description: "The most calls that may run in this process now.",
    unit,
  });
  const rejected = meter.createObservableCounter("typemesh.rpc.server.rejected_calls", {
    description: "Calls that were rejected because too many run.",
    unit,
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const use of uses) {
        const attributes = { "typemesh.call.use": use };
        const sum = (of: (server: ObservedServer) => number) => [...servers].reduce((all, one) => all + of(one), 0);
        result.observe(
          running,
          sum((server) => server[use]),
          attributes,
        );
        result.observe(
          limit,
          sum(({ limits }) => limits[use]),
          attributes,
        );
        result.observe(
          rejected,
          sum((server) => server.rejected[use]),
          attributes,
        );
      }
    },
    [running, limit, rejected],
  );
}

/** Reads the state of connections when metrics are collected. Those to the same service are added up. */
function observeUpstreams(meter: Meter): void {
  const open = meter.createObservableUpDownCounter("typemesh.rpc.client.calls", {
    description: "Calls that this process has sent and that have no response yet.",
    unit: "{call}",
  });
  const replicas = meter.createObservableUpDownCounter("typemesh.rpc.client.replicas", {
    description: "Replicas that are known, by whether they get calls.",
    unit: "{replica}",
  });
  meter.addBatchObservableCallback(
    (result) => {
      const endpoints = new Map<string, ObservedReplica[]>();
      for (const one of upstreams) {
        endpoints.set(one.upstream, [...(endpoints.get(one.upstream) ?? []), ...one.endpoints()]);
      }
      for (const [upstream, all] of endpoints) {
        const attributes = { "server.address": upstream };
        result.observe(
          open,
          all.reduce((sum, { openUnary, openStreams }) => sum + openUnary + openStreams, 0),
          attributes,
        );
        for (const state of standings) {
          const count = all.filter(({ standing }) => standing === state).length;
          result.observe(replicas, count, { ...attributes, "typemesh.replica.state": state });
        }
      }
    },
    [open, replicas],
  );
}
