import type { CorpusKind } from "./corpus-kind.ts";

/** Maps. */
export const maps: readonly CorpusKind[] = [
  {
    type: "map<string, int32>",
    values: [{}, { a: 1 }, { a: 0, b: 1 }, { "": 5 }, { 'q"\\\n': 0 }, Object.fromEntries([["__proto__", 0]])],
    rules: [
      ".map.min_pairs = 1",
      ".map.max_pairs = 1",
      ".map = {keys: {string: {min_len: 1}}}",
      ".map = {values: {int32: {gt: 0}}}",
      ".map = {keys: {string: {len: 1}} values: {ignore: IGNORE_IF_ZERO_VALUE int32: {gt: 1}}}",
    ],
  },
  {
    type: "map<int64, Part>",
    values: [new Map(), new Map([[1n, { text: "a" }]]), new Map([[2n ** 63n - 1n, { text: "" }]])],
    rules: [".map.max_pairs = 1", ".map = {keys: {int64: {lt: 5}}}", ".map = {values: {ignore: IGNORE_ALWAYS}}"],
  },
  {
    type: "map<uint32, string>",
    values: [{}, { 1: "a" }, { 7: "" }],
    rules: [".map = {keys: {uint32: {lt: 5}}}", ".map = {values: {string: {min_len: 1}}}"],
  },
  {
    type: "map<bool, string>",
    values: [new Map(), new Map([[true, "a"]]), new Map([[false, ""]])],
    rules: [".map = {keys: {bool: {const: true}}}"],
  },
];
