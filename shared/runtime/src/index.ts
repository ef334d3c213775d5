export { type BackoffOptions, backoffMs } from "./backoff.ts";
export {
  durationSetting,
  logLevelSetting,
  portSetting,
  readSettings,
  SettingsError,
  settingsOrExit,
  urlListSetting,
  urlSetting,
} from "./env.ts";
export { createHealth, type Health } from "./health.ts";
export { createLifecycle, type Lifecycle, type LifecycleOptions, runProcess } from "./lifecycle.ts";
export { type Limit, openLimit } from "./limit.ts";
export { createLogger, type Logger, type LogLevel, type LogOptions } from "./log.ts";
export { type AddedBy, compose, type MiddlewareOption, middlewareList, type Next, type Step } from "./middleware.ts";
export { type PeerAddresses, peersSetting } from "./peers.ts";
export { announceReady } from "./ready.ts";
export { type RepeatOptions, repeat } from "./repeat.ts";
export { openScope, type Scope, type ScopeInit } from "./scope.ts";
export {
  childSpan,
  formatTrace,
  newTrace,
  parseTrace,
  type TraceContext,
  traceHeader,
} from "./trace.ts";
export { stableUuid } from "./uuid.ts";
