export { type App, findApps, hasDatabase } from "./apps.ts";
export { type Built, type Bundler, openBundler } from "./bundle.ts";
export { createDatabase, dropDatabase } from "./database.ts";
export { keepFolder, keepProcess } from "./keeper.ts";
export { type ServerOptions, startNats } from "./nats.ts";
export { freePort, isPortFree, PortTakenError } from "./port.ts";
export { type PostgresOptions, startPostgres } from "./postgres.ts";
export type { RunningServer } from "./server.ts";
