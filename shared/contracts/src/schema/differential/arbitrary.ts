import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { fieldKey } from "@mesh/codegen/testing";
import fc from "fast-check";
import { scalarArbitrary } from "./scalar-arbitrary.ts";

/** How deep messages go into each other. */
const maxDepth = 2;

/** Messages as ts-proto types them, with fields left out. */
export function messageArbitrary(desc: DescMessage, edges: Edges, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const entries = desc.members.flatMap((member) => {
    const fields = member.kind === "oneof" ? member.fields : [member];
    const usable = fields.filter((field) => !isTooDeep(field, depth));
    const values = usable.map((field) =>
      member.kind === "oneof"
        ? fc.record({ $case: fc.constant(fieldKey(field)), value: fieldArbitrary(field, edges, depth) })
        : fieldArbitrary(field, edges, depth),
    );
    return values.length > 0 ? [[fieldKey(member), fc.oneof(...values)] as const] : [];
  });
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] });
}

/** What is at the edges of the rules of a message: numbers, and texts. */
export interface Edges {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

/** Reads the edges from how a message is declared; every number in it and those beside count. */
export function edgesOf(source: string): Edges {
  const named = [...source.matchAll(/-?\d+/g)].map(([text]) => Number(text)).filter(Number.isSafeInteger);
  const quoted = [...source.matchAll(/["']([^"'\\]*)["']/g)].map(([, text = ""]) => text);
  return { numbers: [...new Set(named.flatMap((one) => [one - 1, one, one + 1]))], texts: quoted };
}

function isTooDeep(field: DescField, depth: number): boolean {
  return depth >= maxDepth && field.message?.file.proto.package === "corpus.v1";
}

function fieldArbitrary(field: DescField, edges: Edges, depth: number): fc.Arbitrary<unknown> {
  const value = valueArbitrary(field, edges, depth);
  // More than 20, the most issues that are reported.
  const size = fc.nat({ max: 3 }).chain((few) => fc.constantFrom(few, few, few, 25));
  if (field.fieldKind === "list") {
    return size.chain((count) => fc.array(value, { minLength: count, maxLength: count }));
  }
  if (field.fieldKind !== "map") return value;
  const entries = fc.array(fc.tuple(scalarArbitrary(field.mapKey, edges, true), value), { maxLength: 4 });
  const isKeyed = field.mapKey === ScalarType.BOOL || ScalarType[field.mapKey].includes("64");
  return entries.map((all) => (isKeyed ? new Map(all as [unknown, unknown][]) : Object.fromEntries(all as [])));
}

function valueArbitrary(field: DescField, edges: Edges, depth: number): fc.Arbitrary<unknown> {
  if (field.enum) {
    return fc.oneof(fc.constantFrom(...field.enum.values.map(({ number }) => number)), fc.constantFrom(42, -1));
  }
  if (!field.message) return scalarArbitrary(field.scalar ?? ScalarType.STRING, edges);
  return wellKnown(field.message, edges) ?? messageArbitrary(field.message, edges, depth + 1);
}

function wellKnown(desc: DescMessage, edges: Edges): fc.Arbitrary<unknown> | undefined {
  if (isWrapperDesc(desc)) return scalarArbitrary(desc.fields[0]?.scalar ?? ScalarType.STRING, edges);
  const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false });
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
      return timestamps(edges);
    case "google.protobuf.Duration":
      return durations(edges);
    case "google.protobuf.FieldMask":
      return fc.array(fc.constantFrom("a", "b", "a.b", "ab", ...edges.texts), { maxLength: 3 });
    case "google.protobuf.Any":
      return fc.record({ typeUrl: fc.constantFrom("", "a", ...edges.texts), value: fc.uint8Array({ maxLength: 3 }) });
    case "google.protobuf.Struct":
      return fc.dictionary(fc.constantFrom("a", "b", "__proto__"), json, { maxKeys: 3, noNullPrototype: true });
    case "google.protobuf.ListValue":
      return fc.array(json, { maxLength: 3 });
    case "google.protobuf.Value":
      return json;
    default:
      return undefined;
  }
}

function timestamps({ numbers }: Edges): fc.Arbitrary<Date> {
  const near = numbers.flatMap((one) => [one * 1_000 - 1, one * 1_000, one * 1_000 + 1]);
  const range = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z") };
  return fc.oneof(
    fc.date({ ...range, noInvalidDate: true }),
    fc.constantFrom(0, -1, ...near).map((ms) => new Date(ms)),
  );
}

function durations({ numbers }: Edges): fc.Arbitrary<unknown> {
  const seconds = fc.oneof(fc.constantFrom(0, ...numbers), fc.integer({ min: -315_576_000_000, max: 315_576_000_000 }));
  const nanos = fc.oneof(
    fc.constantFrom(0, 1, 999_999_999, ...numbers.filter((one) => one >= 0 && one < 1e9)),
    fc.nat(999_999_999),
  );
  return fc
    .tuple(seconds, nanos)
    .map(([whole, part]) => ({ seconds: BigInt(whole), nanos: whole < 0 && part !== 0 ? -part : part }));
}
