import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";
import type { BoundedPool } from "../bounded-pool.ts";

const scope = "@mesh/store";

/** Makes the spans of statements and transactions. */
export const tracing = new Tracing(scope);

/** The buckets of the durations of statements in seconds, as OpenTelemetry's conventions for databases advise. */
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Makes the instruments of statements and pools. */
export const metering = new Metering(scope, (meter) => {
  const connections = { unit: "{connection}" };
  const count = meter.createObservableUpDownCounter("db.client.connection.count", {
    description: "Connections of a pool, by their state.",
    ...connections,
  });
  const limit = meter.createObservableUpDownCounter("db.client.connection.limit", {
    description: "The most connections of a pool.",
    ...connections,
  });
  const pending = meter.createObservableUpDownCounter("db.client.connection.pending_requests", {
    description: "Requests that wait for a connection.",
    unit: "{request}",
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const { pool, name } of pools) {
        const attributes = { "db.client.connection.pool.name": name };
        const used = pool.totalCount - pool.idleCount;
        result.observe(count, pool.idleCount, { ...attributes, "db.client.connection.state": "idle" });
        result.observe(count, used, { ...attributes, "db.client.connection.state": "used" });
        result.observe(limit, pool.options.max, attributes);
        result.observe(pending, pool.pendingCount, attributes);
      }
    },
    [count, limit, pending],
  );
  return {
    duration: createDurations(meter, {
      scope,
      name: "db.client.operation.duration",
      description: "Duration of statements, with the wait for a connection.",
      buckets,
    }),
  };
});

/** The pools of this process, by the names of their connections. */
export const pools = new Observed<{ readonly pool: BoundedPool; readonly name: string }>(metering);
