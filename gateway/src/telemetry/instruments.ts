import { durationBuckets, Metering, Observed, Tracing } from "@mesh/runtime";

/** Makes the spans of requests. */
export const tracing = new Tracing("@mesh/gateway");

/** Makes the instruments of requests. */
export const metering = new Metering("@mesh/gateway", (meter) => {
  const description = "Subscriptions that are open.";
  const open = meter.createObservableUpDownCounter("typemesh.gateway.subscriptions", {
    description,
    unit: "{subscription}",
  });
  open.addCallback((result) => {
    let sum = 0;
    for (const count of subscriptions) sum += count();
    result.observe(sum);
  });
  return {
    duration: meter.createHistogram("http.server.request.duration", {
      description: "Duration of the requests of clients.",
      unit: "s",
      advice: { explicitBucketBoundaries: durationBuckets },
    }),
  };
});

/** The gateways of this process. Each returns how many subscriptions are open. */
export const subscriptions = new Observed<() => number>(metering);
