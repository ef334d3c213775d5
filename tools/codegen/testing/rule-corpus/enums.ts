import type { CorpusKind } from "./corpus-kind.ts";

/** Enums. */
export const enums: CorpusKind = {
  type: "Color",
  values: [0, 1, 2, 3, 42, -1],
  rules: [
    ".enum.const = 1",
    ".enum.defined_only = true",
    ".enum.defined_only = false",
    ".enum = {in: [1, 2]}",
    ".enum = {not_in: [0]}",
    ".enum = {not_in: [-1, 42]}",
    ".enum = {defined_only: true not_in: [0]}",
  ],
};
