import { durationBuckets, Metering, Tracing } from "@mesh/runtime";
import type { Meter } from "@opentelemetry/api";

/** Makes the spans of calls. */
export const tracing = new Tracing("@mesh/rpc");

/** Makes the instruments of calls. */
export const metering = new Metering("@mesh/rpc", (meter) => ({
  clientDuration: durationOf(meter, "rpc.client.call.duration", "Duration of the calls that this process makes."),
  serverDuration: durationOf(meter, "rpc.server.call.duration", "Duration of the calls that this process gets."),
}));

function durationOf(meter: Meter, name: string, description: string) {
  return meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: durationBuckets } });
}
