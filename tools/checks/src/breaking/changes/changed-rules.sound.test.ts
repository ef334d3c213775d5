import { create, createFileRegistry, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import { ServiceNames } from "@mesh/codegen/catalogue/service-name";
import { compile } from "@mesh/codegen/testing";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type ComparedContracts, comparedContracts } from "../compared-contracts.ts";
import { changedRules } from "./changed-rules.ts";

const count = 1_000;
const seed = 20_260;

/** A kind of field: its type, random rules, and values that such rules distinguish. */
interface Kind {
  readonly type: string;
  readonly rules: fc.Arbitrary<string>;
  readonly values: readonly unknown[];
}

/** Generates some of the rules, as text of a contract. */
function some(name: string, rules: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<string> {
  const texts = Object.entries(rules).map(([rule, value]) => value.map((one) => `${rule}: ${JSON.stringify(one)}`));
  const whole = fc.subarray(texts, { maxLength: Math.min(3, texts.length) }).chain((chosen) => fc.tuple(...chosen));
  return whole.map((parts) => `${name}: {${distinct(parts).join(" ")}}`);
}

/** Keeps the first of rules that exclude each other. */
function distinct(parts: readonly string[]): string[] {
  const groupOf = (part: string) =>
    part
      .replace(/^(lt|lte|gt|gte)\b.*/, (_, rule: string) => rule.slice(0, 1))
      .replace(/^(uuid|ip|ipv4|address|hostname)\b.*/, "format")
      .split(":")[0];
  return parts.filter((part, index) => parts.findIndex((other) => groupOf(other) === groupOf(part)) === index);
}

const small = fc.integer({ min: -2, max: 3 });
const few = (one: fc.Arbitrary<unknown>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const number = { const: small, lt: small, lte: small, gt: small, gte: small, in: few(small), not_in: few(small) };
const word = fc.constantFrom("a", "ab", "b", "abab", "");
const size = fc.integer({ min: 0, max: 4 });
const isOn = fc.constant(true);
const string = {
  const: word,
  in: few(word),
  not_in: few(word),
  len: size,
  min_len: size,
  max_len: size,
  max_bytes: size,
  prefix: word,
  suffix: word,
  contains: word,
  not_contains: fc.constantFrom("a", "ab", "c"),
  uuid: isOn,
  ip: isOn,
  ipv4: isOn,
  address: isOn,
  hostname: isOn,
  pattern: fc.constantFrom("^a", "b$"),
};
const words = ["", "a", "b", "ab", "ba", "abab", "é", "éa", "1.2.3.4", "::1", "6fa459ea-ee8a-4ca4-894e-db77e160355e"];
const numbers = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5];
const natural = fc.integer({ min: 0, max: 4 });
const naturals = {
  lt: natural,
  lte: natural,
  gt: natural,
  gte: natural,
  in: few(natural),
  not_in: few(natural),
  const: natural,
};

const kinds: readonly Kind[] = [
  { type: "int32", rules: some("int32", number), values: numbers },
  { type: "optional sint64", rules: some("sint64", number), values: numbers.map(BigInt) },
  { type: "uint32", rules: some("uint32", naturals), values: numbers.filter((one) => one >= 0) },
  {
    type: "double",
    rules: some("double", { ...number, finite: isOn }),
    values: [...numbers, 0.5, 2.5, NaN, Infinity, -Infinity, -0],
  },
  { type: "string", rules: some("string", string), values: words },
  { type: "optional string", rules: some("string", string), values: words },
  {
    type: "bytes",
    rules: some("bytes", { len: size, min_len: size, max_len: size }),
    values: [0, 1, 2, 3, 4, 5].map((length) => new Uint8Array(length)),
  },
  { type: "bool", rules: some("bool", { const: fc.boolean() }), values: [true, false] },
  {
    type: "repeated int32",
    rules: fc
      .tuple(some("", { min_items: size, max_items: size, unique: isOn }), some("items: {int32", number))
      .map(([own, items]) => `repeated: {${own.slice(3, -1)} ${items}}}`),
    values: [[], [0], [1, 1], [1, 2], [-2, 3], [1, 2, 3], [0, 0, 0, 0]],
  },
  {
    type: "map<string, int32>",
    rules: fc
      .tuple(some("keys: {string", string), some("values: {int32", number))
      .map((parts) => `map: {${parts.map((part) => `${part}}`).join(" ")}}`),
    values: [{}, { a: 1 }, { ab: 0 }, { b: -2, a: 3 }],
  },
  {
    type: "google.protobuf.Duration",
    rules: some(
      "duration",
      Object.fromEntries(["lt", "lte", "gt", "gte"].map((rule) => [rule, small.map((seconds) => ({ seconds }))])),
    ).map((text) => text.replaceAll('"seconds"', "seconds")),
    values: numbers.map((seconds) => ({ seconds: BigInt(seconds), nanos: 0 })),
  },
];

const rulesOf = (kind: Kind) =>
  fc
    .tuple(
      fc.constantFrom("", "", "", "required: true ", "ignore: IGNORE_IF_ZERO_VALUE ", "ignore: IGNORE_ALWAYS "),
      kind.rules,
    )
    .map((parts) => parts.join(""));
const pairs = fc.sample(
  fc.constantFrom(...kinds).chain((kind) => fc.tuple(fc.constant(kind), rulesOf(kind), rulesOf(kind))),
  { numRuns: count, seed },
);

/** Compiles contracts with one of the two rules on each field. Every message is a request. */
async function contractsOf(rules: (pair: (typeof pairs)[number]) => string): Promise<ComparedContracts> {
  const messages = pairs.map(
    (pair, index) => `message M${index} { ${pair[0].type} value = 1 [(buf.validate.field) = {${rules(pair)}}]; }`,
  );
  const methods = pairs.map((_, index) => `rpc R${index}(M${index}) returns (M${index});`);
  const imports = ["buf/validate/validate.proto", "google/protobuf/duration.proto"].map((file) => `import "${file}";`);
  const source = ['syntax = "proto3";', "package a.v1;", ...imports, ...messages, "service S {", ...methods, "}"].join(
    "\n",
  );
  const registry = createFileRegistry(await compile({ "a/v1/a.proto": source }));
  const options = new MeshOptions(registry);
  const names = new ServiceNames(registry.files, options);
  return comparedContracts({ root: "", image: "", registry, options, names });
}

let before: ComparedContracts;
let after: ComparedContracts;

beforeAll(async () => {
  before = await contractsOf(([, old]) => old);
  after = await contractsOf(([, , now]) => now);
});

function accepts({ registry, validator }: ComparedContracts, index: number, value: unknown): boolean {
  const schema = registry.getMessage(`a.v1.M${index}`) as DescMessage; // Compiled from the same pairs.
  const init = value === undefined ? {} : { value };
  const result = validator.validate(schema, create(schema, init as MessageInitShape<typeof schema>));
  if (result.kind === "error") throw result.error;
  return result.kind === "valid";
}

test(`reports every rule that makes protovalidate reject an accepted value: ${count} pairs of rules, seed ${seed}`, () => {
  const reported = new Set(changedRules(before, after).map(({ what }) => Number(/^M(\d+)\b/.exec(what)?.[1])));
  const rejected = pairs.flatMap(([kind, old, now], index) => {
    const isRejected = [undefined, ...kind.values].some(
      (one) => accepts(before, index, one) && !accepts(after, index, one),
    );
    return isRejected ? [{ index, type: kind.type, old, now }] : [];
  });
  expect(rejected.length).toBeGreaterThan(count / 4);
  expect(rejected.filter(({ index }) => !reported.has(index))).toEqual([]);
  // Rules that contradict each other accept nothing. The comparison does not detect that.
  const superfluous = [...reported].filter((index) => !rejected.some((one) => one.index === index));
  expect(superfluous.length).toBeLessThan(count / 8);
});
