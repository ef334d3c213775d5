export { announceReady } from "./announce-ready.ts";
export { backendShape, databaseUrlSetting, natsCredsSetting, natsUrlSetting } from "./backend-url.ts";
export {
  type CacheBounds,
  type CacheCounts,
  type CacheRequest,
  type Loaded,
  MemoryCache,
} from "./cache/memory-cache.ts";
export {
  durationSetting,
  joinSettingsErrors,
  logLevelSetting,
  portSetting,
  readSettings,
  SettingsError,
  settingsOrExit,
  switchSetting,
  urlListSetting,
  urlSetting,
} from "./env.ts";
export { freezeDeep } from "./freeze-deep.ts";
export { createHealth, type Health } from "./health.ts";
export { allocateYoung } from "./heap.ts";
export { createLifecycle, type Lifecycle, type LifecycleOptions } from "./lifecycle.ts";
export { type Limit, openLimit } from "./limit.ts";
export { createLogger, type Logger, type LogLevel, type LogOptions } from "./log.ts";
export { type AddedBy, compose, type MiddlewareOption, middlewareList, type Next, type Step } from "./middleware.ts";
export { dnsTargetOf, type PeerAddresses, peersSetting, peersShape } from "./peers.ts";
export { openProcessGroup, type ProcessGroup, processGroup } from "./process-group.ts";
export { type BackoffOptions, backoffMs, type RepeatOptions, repeat } from "./repeat.ts";
export { RepeatedLines } from "./repeated-lines.ts";
export { runProcess } from "./run-process.ts";
export { isShort, openScope, type Scope, type ScopeInit, type ShortScope } from "./scope.ts";
export { settled } from "./settled.ts";
export { createDurations, type Durations, durationBuckets, produceDurations } from "./telemetry/durations.ts";
export { Metering, Observed } from "./telemetry/metering.ts";
export { observeCache } from "./telemetry/observe-cache.ts";
export { drawTrace, sampleTraces } from "./telemetry/sampling.ts";
export { contextOf, endSpan, errorTypeOf, parentOf, runInSpan, startSpan } from "./telemetry/spans.ts";
export { startTelemetry } from "./telemetry/start-telemetry.ts";
export {
  type MetricsSettings,
  type TelemetryDefaults,
  type TelemetryOptions,
  type TelemetrySettings,
  type TraceSettings,
  telemetryFlushMs,
  telemetryOf,
  telemetryShape,
} from "./telemetry/telemetry-settings.ts";
export { Tracing } from "./telemetry/tracing.ts";
export {
  childSpan,
  formatTrace,
  isUnsampled,
  logFieldsOf,
  newTrace,
  parseTrace,
  setTraceHeaders,
  type TraceContext,
  traceHeader,
  traceStateHeader,
} from "./trace-context.ts";
export { stableUuid } from "./uuid.ts";
