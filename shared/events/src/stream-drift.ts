import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { changesOf, type StreamLimits } from "./stream-limits.ts";

/** The parts of a stream that settings do not change, and the value that each must have. */
const declared = [
  ["retention", RetentionPolicy.Limits, "events are deleted once they are handled"],
  ["storage", StorageType.File, "events are lost when NATS restarts"],
  ["discard", DiscardPolicy.New, "a full stream deletes events"],
] as const;

/** Numbers above which NATS deletes events. */
const deleting = ["max_msgs", "max_msgs_per_subject"] as const;

/**
 * Returns how a stream differs from the contract and the settings. Settings are applied when a service starts, so such a difference is a
 * change by hand, or one that NATS rejected.
 */
export function driftOf(config: StreamConfig, limits: StreamLimits): string[] {
  const fixed = declared.flatMap(([name, value, effect]) =>
    config[name] === value ? [] : [`${name} is ${config[name]} instead of ${value}: ${effect}`],
  );
  const deleted = deleting.flatMap((name) =>
    config[name] > 0 ? [`${name} is ${config[name]} instead of -1: NATS deletes events`] : [],
  );
  const changes = Object.entries(changesOf(config, limits)).map(
    ([name, value]) => `${name} is ${Reflect.get(config, name)} instead of ${value}`,
  );
  return [...fixed, ...deleted, ...changes];
}
