export { type ConnectOptions, connect, type Discovery, type Peer } from "./client/connect.ts";
export type { Readiness } from "./client/readiness.ts";
export type { InFlightLimits } from "./limits.ts";
export { type Implementation, implement } from "./server/implement.ts";
export { type RunningServer, type ServeOptions, serve } from "./server/serve.ts";
