import { ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { Edges } from "./arbitrary.ts";

/** Values of a scalar, its edges more often than by chance; keys of maps hold no lone surrogates, which would fall together. */
export function scalarArbitrary(scalar: ScalarType, edges: Edges, isKey = false): fc.Arbitrary<unknown> {
  switch (scalar) {
    case ScalarType.STRING:
      return texts(edges, isKey);
    case ScalarType.BYTES:
      return bytes(edges);
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.FLOAT:
      return numbers(edges, fc.float(), [3.4028234663852886e38, -3.4028234663852886e38]).map(Math.fround);
    case ScalarType.DOUBLE:
      return numbers(edges, fc.double(), [Number.MAX_VALUE, Number.MIN_VALUE]);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return bigs(edges, -(2n ** 63n), 2n ** 63n - 1n);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return bigs(edges, 0n, 2n ** 64n - 1n);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return integers(edges, 0, 2 ** 32 - 1);
    default:
      return integers(edges, -(2 ** 31), 2 ** 31 - 1);
  }
}

function integers({ numbers: near }: Edges, min: number, max: number): fc.Arbitrary<number> {
  const fitting = near.filter((one) => one >= min && one <= max);
  return fc.oneof(fc.constantFrom(0, 1, min, min + 1, max - 1, max, ...fitting), fc.integer({ min, max }));
}

function bigs({ numbers: near }: Edges, min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const fitting = near.map(BigInt).filter((one) => one >= min && one <= max);
  return fc.oneof(fc.constantFrom(0n, 1n, min, min + 1n, max - 1n, max, ...fitting), fc.bigInt({ min, max }));
}

function numbers({ numbers: near }: Edges, any: fc.Arbitrary<number>, more: readonly number[]): fc.Arbitrary<number> {
  const beside = near.flatMap((one) => [one - 1e-6, one, one + 1e-6]);
  const special = [0, -0, Number.NaN, Infinity, -Infinity, ...more];
  return fc.oneof(fc.constantFrom(...special, ...beside), any);
}

function texts(edges: Edges, isKey: boolean): fc.Arbitrary<string> {
  const lengths = edges.numbers.filter((one) => one >= 0 && one <= 1_000);
  const near = edges.texts.flatMap((one) => [one, `${one}a`, `a${one}`, one.slice(0, -1), one.toUpperCase()]);
  const long = lengths.flatMap((count) => ["a".repeat(count), "é".repeat(count), "👍".repeat(count)]);
  const surrogates = isKey ? [] : ["\ud800", "a\udc00"];
  return fc.oneof(
    fc.constantFrom("", "a", "é", "👍", "\0", "\n", "\u2028", '"\\', ...surrogates, ...near, ...long),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.string({ unit: fc.constantFrom(..."abz019.:/-@_%[]?# "), maxLength: 20 }),
  );
}

function bytes({ numbers: near, texts: named }: Edges): fc.Arbitrary<Uint8Array> {
  const encoded = named.map((text) => new TextEncoder().encode(text));
  const long = near.filter((one) => one >= 0 && one <= 1_000).map((count) => new Uint8Array(count).fill(97));
  return fc.oneof(fc.constantFrom(new Uint8Array(), ...encoded, ...long), fc.uint8Array({ maxLength: 20 }));
}
