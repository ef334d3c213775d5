import type { StreamConfig, StreamInfo } from "nats";

/**
 * A time at which a stream had lost its last events. Sequences after `end` name other events from then on, so a place in the stream that
 * is older must not be used.
 */
export interface StreamReset {
  /** When it was noticed, in milliseconds since the epoch. */
  readonly at: number;
  /** The last sequence that was not lost. */
  readonly end: number;
}

type Described = Pick<StreamInfo, "config" | "created">;

/** The entry in the metadata of a stream, such as `1764495600000:90,1764495700000:250`. */
const metadataKey = "mesh_resets";

/** The most resets that a stream keeps. */
const maxResets = 50;

/** Returns the resets of a stream, oldest first. */
export function resetsOf({ metadata }: Pick<StreamConfig, "metadata">): StreamReset[] {
  const entries = (metadata?.[metadataKey] ?? "").split(",").map((entry) => entry.split(":").map(Number));
  return entries.flatMap(([at = Number.NaN, end = Number.NaN]) => (Number.isNaN(at + end) ? [] : [{ at, end }]));
}

/** Returns the configuration of a stream with one more reset. */
export function withReset(config: StreamConfig, reset: StreamReset): StreamConfig {
  const resets = [...resetsOf(config), reset].slice(-maxResets);
  const entry = resets.map(({ at, end }) => `${at}:${end}`).join(",");
  return { ...config, metadata: { ...config.metadata, [metadataKey]: entry } };
}

/** Returns a name of a stream for which a sequence always names the same event: when it was created, and its last reset. */
export function identityOf({ config, created }: Described): string {
  const last = resetsOf(config).at(-1);
  return last ? `${created}+${last.at}` : String(created);
}

/** Returns the last sequence that names the same event now as when the stream had an identity. 0: it was another stream. */
export function lastKnownOf(identity: string, { config, created }: Described): number {
  const [since, at] = identity.split("+");
  if (since !== String(created)) return 0;
  const resets = resetsOf(config);
  const known = resets.findIndex((reset) => String(reset.at) === at);
  return Math.min(Number.POSITIVE_INFINITY, ...resets.slice(known + 1).map(({ end }) => end));
}
