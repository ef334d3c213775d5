// The meshes whose orders are measured, in the order of the table: the whole example, with its own PostgreSQL and NATS, in
// production mode. `groups` is what `npm run mono` takes, and `isObserved` whether processes record traces and metrics.

/** The mesh that the ratios compare with. */
export const meshBaseline = "typemesh-unobserved";

export const meshes = [
  { name: "typemesh", isObserved: true },
  { name: meshBaseline, isObserved: false },
  { name: "typemesh-mono", isObserved: true, groups: [] },
];
