export { type Built, type Bundler, createBundler } from "./build/bundler.ts";
export { type App, findApps, peerList } from "./mesh/app.ts";
export { type AppDatabase, createDatabases, databasesOf } from "./mesh/app-databases.ts";
export { freePort, isPortFree } from "./ports/free-port.ts";
export { keepFolder, keepProcess } from "./process/keeper.ts";
export { createDatabase, dropDatabase } from "./servers/database.ts";
export { startNats } from "./servers/nats.ts";
export { type PostgresOptions, startPostgres } from "./servers/postgres.ts";
export type { RunningServer, ServerOptions } from "./servers/server.ts";
