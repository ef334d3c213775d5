// What is measured, in the order of the tables. Each file of bench/peers exports `startServer(options)`, which returns the
// address, and `openClient(address, options)`, which returns `placeOrder(order)` and `watchStock(onMessage)`. `isInstalled`
// peers come from bench/peers/package.json, the others need only the workspace. `without` is what
// the name of a peer promises and Typemesh does not have yet: delete that when it has.

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
    { name: "typemesh", options: { mux: true }, needsCertificates: true, without: "spans and metrics" },
    { name: "typemesh-insecure", options: { mux: true }, without: "spans and metrics" },
    { name: "typemesh-grpc", options: { mux: false } },
  ].map((ours) => ({ ...ours, file: "typemesh", isOurs: true })),
];

/** What is missing of what the name of a peer promises; undefined: nothing. */
export function noteOn({ name, without }) {
  return without && `${name} is measured without ${without}, which Typemesh does not have yet`;
}
