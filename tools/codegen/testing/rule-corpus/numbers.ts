import type { CorpusKind } from "./corpus-kind.ts";

import { ranges } from "./ranges.ts";

const big = (values: readonly number[]) => values.map(BigInt);

const integers = [0, 1, -1, 2, 3, 4, 5, 6, 9, 10, 11, 42, 2 ** 31 - 1, -(2 ** 31)];
const naturals = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 42, 2 ** 32 - 1];
const floats = [0, -0, 1, -1, 0.1, 0.7, 0.2, 0.5, 2.5, 5, 10, 10.5, Number.NaN, Infinity, -Infinity];

/** Rules with decimals that 32 bits round, up or down. */
const decimal = ["gte: 0.1 lte: 0.7", "gt: 0.1 lt: 0.7", "in: [0.1, 0.2]", "const: 0.7", "not_in: [0.7]"];

function numeric(kind: string, values: readonly unknown[], more: readonly string[] = []): CorpusKind {
  const own = [...ranges, "const: 5", "in: [1, 5]", "not_in: [1, 5]", "gte: 1 lte: 10 not_in: [5]", ...more];
  return { type: kind, values, rules: own.map((rule) => `.${kind} = {${rule}}`) };
}

/** The types of numbers. */
export const numbers: readonly CorpusKind[] = [
  ...["int32", "sint32", "sfixed32"].map((kind) => numeric(kind, integers)),
  ...["uint32", "fixed32"].map((kind) => numeric(kind, naturals)),
  ...["int64", "sint64", "sfixed64"].map((kind) =>
    numeric(kind, [...big(integers), 2n ** 63n - 1n, -(2n ** 63n)], ["const: 9223372036854775807"]),
  ),
  ...["uint64", "fixed64"].map((kind) => numeric(kind, [...big(naturals), 2n ** 64n - 1n])),
  ...["float", "double"].map((kind) =>
    numeric(kind, floats, ["finite: true", "const: nan", "in: [nan, inf]", "const: 0", ...decimal]),
  ),
];
