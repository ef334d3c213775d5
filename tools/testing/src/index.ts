export type { MeshApp } from "./app.ts";
export { buildApps } from "./build.ts";
export { type TestDatabase, testDatabase } from "./database.ts";
export { type MeshOptions, type RunningMesh, startMesh } from "./mesh.ts";
export { testNats } from "./nats.ts";
export { type TestNetwork, testNetwork } from "./network.ts";
export type { FragileServer } from "./outage.ts";
export { patiently } from "./patiently.ts";
export { type TestPostgres, testPostgres } from "./postgres.ts";
