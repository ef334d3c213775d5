import type { CorpusKind } from "./corpus-kind.ts";

import { ranges } from "./ranges.ts";

const time = (text: string) => new Date(text);
const seconds = (count: number, nanos = 0) => ({ seconds: BigInt(count), nanos });

const durationBounds = ranges.map((range) => range.replace(/(\d)/g, "{seconds: $1 nanos: 5}"));

/** Timestamps and durations. */
export const times: readonly CorpusKind[] = [
  {
    type: "google.protobuf.Timestamp",
    values: [
      time("1970-01-01T00:00:05Z"),
      time("1970-01-01T00:00:05.001Z"),
      time("1970-01-01T00:00:02Z"),
      time("1969-12-31T23:59:59.999Z"),
      time("0001-01-01T00:00:00Z"),
      time("9999-12-31T23:59:59.999Z"),
    ],
    rules: [
      ".timestamp.const = {seconds: 5}",
      ".timestamp.const = {seconds: -1 nanos: 999000000}",
      ".timestamp.lt_now = true",
      ".timestamp.gt_now = true",
      ".timestamp.within = {seconds: 3600}",
      ...durationBounds.map((bound) => `.timestamp = {${bound}}`),
    ],
  },
  {
    type: "google.protobuf.Duration",
    values: [
      seconds(0),
      seconds(2),
      seconds(2, 5),
      seconds(5),
      seconds(5, 4),
      seconds(5, 5),
      seconds(5, 6),
      seconds(-1, -5),
    ],
    rules: [
      ".duration.const = {seconds: 5 nanos: 5}",
      ".duration = {in: [{seconds: 2}, {seconds: 5}]}",
      ".duration = {not_in: [{seconds: 2}, {seconds: 5}]}",
      ...durationBounds.map((bound) => `.duration = {${bound}}`),
    ],
  },
];
