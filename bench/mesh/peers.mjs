// What is measured, in the order of the tables. Each file of bench/peers exports `startServer(options)`, which returns the
// address, and `openClient(address, options)`, which returns `placeOrder(order)` and `watchStock(onMessage)`. If a client has
// more to do when its process starts, such as reading its certificates, the file exports `prepareClient(options)`.
// `isInstalled` peers come from bench/peers/package.json, the others need only the workspace.

/** The peer that the ratios compare with. */
export const baseline = "grpc-js";

export const peers = [
  { name: "framed-tcp" },
  { name: "moleculer-tcp", isInstalled: true },
  { name: "fastify-undici", isInstalled: true },
  { name: "nats-request", needsNats: true },
  { name: "h2" },
  { name: baseline },
  { name: "nice-grpc", isInstalled: true },
  { name: "nestjs", isInstalled: true },
  { name: "connect-node", isInstalled: true },
  ...[
    { name: "typemesh", options: { mux: true }, needsCertificates: true },
    { name: "typemesh-insecure", options: { mux: true } },
    { name: "typemesh-grpc", options: { mux: false } },
    // The services run in the process of the caller, so it has no start of its own.
    { name: "typemesh-local", options: { local: true }, hasNoStart: true },
  ].map((ours) => ({ ...ours, file: "typemesh", isOurs: true })),
];
