export { type TestDatabase, testDatabase } from "./database.ts";
export { testNats } from "./nats.ts";
export type { FragileServer } from "./outage.ts";
export { type TestPostgres, testPostgres } from "./postgres.ts";
