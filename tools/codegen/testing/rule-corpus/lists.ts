import type { CorpusKind } from "./corpus-kind.ts";

const bytesOf = (...values: number[]) => new Uint8Array(values);
const time = (text: string) => new Date(text);

/** Lists. */
export const lists: readonly CorpusKind[] = [
  {
    type: "repeated string",
    values: [[], ["a"], ["a", "b"], ["a", "a"], ["a", "b", "c"], [""], ["", "b"]],
    rules: [
      ".repeated.min_items = 1",
      ".repeated.max_items = 2",
      ".repeated.unique = true",
      ".repeated = {items: {string: {min_len: 1}}}",
      ".repeated = {max_items: 2 items: {string: {len: 1}}}",
      ".repeated = {items: {ignore: IGNORE_IF_ZERO_VALUE string: {len: 2}}}",
      ".repeated = {items: {ignore: IGNORE_ALWAYS string: {len: 2}}}",
    ],
  },
  {
    type: "repeated double",
    values: [[], [1, 1], [Number.NaN, Number.NaN], [0, -0], [1, 2]],
    rules: [".repeated.unique = true", ".repeated = {items: {double: {finite: true}}}"],
  },
  {
    type: "repeated bytes",
    values: [
      [bytesOf(1), bytesOf(1)],
      [bytesOf(1), bytesOf(2)],
      [bytesOf(1, 2), bytesOf(12)],
    ],
    rules: [".repeated.unique = true"],
  },
  {
    type: "repeated Color",
    values: [[0], [1, 1], [42], [1, 2]],
    rules: [
      ".repeated.unique = true",
      ".repeated = {items: {enum: {defined_only: true}}}",
      ".repeated = {items: {ignore: IGNORE_IF_ZERO_VALUE enum: {in: [1]}}}",
    ],
  },
  {
    type: "repeated Part",
    values: [[], [{ text: "a" }], [{ text: "" }, { text: "a", part: {} }]],
    rules: [".repeated.max_items = 1", ".repeated = {items: {ignore: IGNORE_ALWAYS}}"],
  },
  {
    type: "repeated google.protobuf.Timestamp",
    values: [[], [time("1970-01-01T00:00:05Z"), time("1960-01-01T00:00:05Z")]],
    rules: [".repeated = {items: {timestamp: {gt: {seconds: 0}}}}"],
  },
];
