import type { DescFile } from "@bufbuild/protobuf";
import { assertOutput, type Patch } from "../patch.ts";

/** The statement that reads a single message, plain or in a oneof. */
const statement = /^( *)(message\S+) = (?:\{ \$case: ('\w+'), value: (.+) \}|(.+));$/gm;
/** The call that reads a message, without its end. A negative length is the number of a group. */
const call = /\w+\.decode\(reader, (?:reader\.uint32\(\)|-?\d+)(?=\))/;

/**
 * Merges a single message that occurs again into the one that was read before, as protobuf requires: its fields are set
 * one by one, and its lists grow. ts-proto replaces the message. Each merge takes time for the new bytes alone.
 */
export const merge: Patch = {
  code(code, file) {
    const merged = code
      .replace(/^( *)length\?: number,\n( *\): (\w+) \{)$/gm, "$1length?: number,\n$1into?: $3,\n$2")
      .replaceAll("length?: number): T;", "length?: number, into?: T): T;")
      .replace(/const message = (createBase\w+\(\));/g, "const message = into ?? $1;")
      .replace(statement, mergeStatement);
    assertMerged(merged, file);
    return helpers.reduce((text, { name, code: helper }) => (text.includes(`${name}(`) ? text + helper : text), merged);
  },
};

function mergeStatement(
  text: string,
  indent: string,
  target: string,
  $case?: string,
  member?: string,
  plain?: string,
): string {
  const value = member ?? plain ?? "";
  if (!call.test(value)) return text;
  if (!$case) return `${indent}${target} = ${mergeInto(target, value)};`;
  const before = `${target}?.$case === ${$case} ? ${target}.value : undefined`;
  return `${indent}${target} = { $case: ${$case}, value: ${mergeInto(before, value)} };`;
}

/** Returns the code that reads a value. @param before the code of the value that was read before */
function mergeInto(before: string, value: string): string {
  if (value.includes(".unwrap(")) return `mergeJson(${before}, ${value})`;
  const into = value.endsWith(".value")
    ? `wrapScalar(${before})`
    : value.startsWith("fromTimestamp(")
      ? `givenTimestamp(${before})`
      : before;
  return value.replace(call, (start) => `${start}, ${into}`);
}

/** Functions that the patched code calls. */
const helpers = [
  {
    name: "wrapScalar",
    code: `
function wrapScalar<T>(value: T): { value: NonNullable<T> } | undefined {
  return value === undefined ? undefined : { value: value! };
}
`,
  },
  {
    name: "givenTimestamp",
    code: `
function givenTimestamp(date: Date | undefined): Timestamp | undefined {
  return date && ((date as any)[globalThis.Symbol.for("mesh.timestamp")] ?? toTimestamp(date));
}
`,
  },
  {
    name: "mergeJson",
    code: `
function mergeJson(into: any, value: any): any {
  if (value === undefined) return into === undefined ? null : into;
  if (into === undefined) return value;
  if (globalThis.Array.isArray(into) && globalThis.Array.isArray(value)) {
    for (const item of value) into.push(item);
    return into;
  }
  const isMap = [into, value].every((v) => typeof v === "object" && v !== null && !globalThis.Array.isArray(v));
  if (!isMap) return value;
  for (const key of globalThis.Object.keys(value)) {
    globalThis.Object.defineProperty(into, key, { value: value[key], configurable: true, enumerable: true, writable: true });
  }
  return into;
}
`,
  },
];

function assertMerged(code: string, file: DescFile): void {
  const decoders = code.split("  decode(\n").length - 1;
  const starts = code.split("const message = into ?? ").length - 1;
  assertOutput(starts === decoders, file, "a decoder starts in another way");
  const replaced = /^ *message\S+ = (?!.*(?:mergeJson|wrapScalar|givenTimestamp|, message)).*\.decode\(.*$/m.exec(code);
  assertOutput(!replaced, file, `a message is read in another way: ${replaced?.[0].trim()}`);
}
