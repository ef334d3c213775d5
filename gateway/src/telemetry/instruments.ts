import { createDurations, Metering, Observed, Tracing } from "@mesh/runtime";

const scope = "@mesh/gateway";

/** Makes the spans of requests. */
export const tracing = new Tracing(scope);

/** Makes the instruments of requests. */
export const metering = new Metering(scope, (meter) => {
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
    limitedCalls: meter.createCounter("typemesh.gateway.limited_calls", {
      description: "Calls that were rejected because of a rate limit.",
      unit: "{call}",
    }),
    unsharedCounts: meter.createCounter("typemesh.gateway.unshared_counts", {
      description: "Counts of rate limits that were kept in this process only, because the database did not respond.",
      unit: "{count}",
    }),
    duration: createDurations(meter, {
      scope,
      name: "http.server.request.duration",
      description: "Duration of the requests of clients.",
    }),
  };
});

/** The gateways of this process. Each returns how many subscriptions are open. */
export const subscriptions = new Observed<() => number>(metering);
