// The gateways that are measured, in the order of the tables. Each file of bench/peers/gateways exports
// `startGateway(upstream, options)`, which returns its port and its requests: `call` and `rest`, which place an order, and
// `subscription`. `upstream` is the peer of peers.mjs whose server is behind the gateway.

/** The gateway that the ratios compare with. */
export const gatewayBaseline = "trpc-standalone";

export const gateways = [
  { name: gatewayBaseline, upstream: "grpc-js" },
  { name: "fastify", upstream: "grpc-js", isInstalled: true },
  ...[
    { name: "typemesh", upstream: "typemesh", needsCertificates: true },
    { name: "typemesh-insecure", upstream: "typemesh-insecure" },
  ].map((ours) => ({ ...ours, file: "typemesh", isOurs: true })),
];
