// The gateways that are measured, in the order of the tables. Each file of bench/peers/gateways exports
// `startGateway(upstream, options)`, which returns its port and its requests: `call` and `rest`, which place an order, and
// `subscription`. `upstream` is the peer of peers.mjs whose server is behind the gateway. Those that use packages of ours are `isBundled`.

/** The gateway that the ratios compare with. */
export const gatewayBaseline = "trpc-standalone";

export const gateways = [
  { name: gatewayBaseline, upstream: "grpc-js" },
  { name: "trpc-fastify", upstream: "grpc-js", isInstalled: true },
  { name: "orpc", upstream: "grpc-js", isInstalled: true },
  { name: "orpc-mux", upstream: "typemesh-insecure", isInstalled: true, isBundled: true },
  { name: "fastify", upstream: "grpc-js", isInstalled: true },
  { name: "nestjs", upstream: "nestjs", isInstalled: true },
  { name: "moleculer-web", upstream: "moleculer-tcp", isInstalled: true },
  ...[
    { name: "typemesh", upstream: "typemesh", needsCertificates: true },
    { name: "typemesh-insecure", upstream: "typemesh-insecure" },
    { name: "typemesh-unobserved", upstream: "typemesh-insecure", options: { isObserved: false } },
  ].map((ours) => ({ ...ours, file: "typemesh", isOurs: true, isBundled: true })),
];
