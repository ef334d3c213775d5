import { celMessages } from "./cel-corpus.ts";
import type { CorpusMessage } from "./corpus-message.ts";
import { predefinedMessages, rulesProto } from "./predefined-corpus.ts";
import { presenceCorpus } from "./presence-corpus.ts";
import { collections, corpus } from "./rule-corpus/corpus.ts";
import type { CorpusKind } from "./rule-corpus/corpus-kind.ts";

/** The declarations of a field, and the form of a value for each. */
const declarations = {
  Plain: (type: string, option: string) => `${type} value = 1${option};`,
  Optional: (type: string, option: string) => `optional ${type} value = 1${option};`,
  Member: (type: string, option: string) => `oneof choice { ${type} value = 1${option}; string other = 2; }`,
} as const;

const ignores = ["", ".ignore = IGNORE_IF_ZERO_VALUE", ".ignore = IGNORE_ALWAYS", ".required = true"];

/** The wrappers of scalars, which are plain scalars in TypeScript. */
const wrappers: Readonly<Record<string, string>> = {
  string: "StringValue",
  bytes: "BytesValue",
  bool: "BoolValue",
  int32: "Int32Value",
  int64: "Int64Value",
  uint32: "UInt32Value",
  uint64: "UInt64Value",
  float: "FloatValue",
  double: "DoubleValue",
};

/** Returns a message for each rule, each declaration of its field, and each way to ignore it. */
function corpusMessages(): CorpusMessage[] {
  const plain = corpus.flatMap((kind) => variants(kind, "Plain"));
  // Other declarations have the same rules, so a few are enough to see that the rules apply.
  const some = corpus.map(({ type, rules, values }) => ({
    type,
    rules: rules.slice(0, 4),
    values: values.slice(0, 12),
  }));
  const others = some.flatMap((kind) => [...variants(kind, "Optional"), ...variants(kind, "Member")]);
  const wrapped = some.flatMap((kind) => {
    const type = wrappers[kind.type];
    return type ? variants({ ...kind, type: `google.protobuf.${type}` }, "Plain") : [];
  });
  const lists = collections.flatMap((kind) => variants(kind, "Plain"));
  const parts = [...corpus, ...corpus.flatMap(wrappedKind)].flatMap(partMessages);
  return [...plain, ...others, ...wrapped, ...lists, ...parts].map((message, index) => rename(message, index));
}

function wrappedKind(kind: CorpusKind): CorpusKind[] {
  const type = wrappers[kind.type];
  return type ? [{ ...kind, type: `google.protobuf.${type}` }] : [];
}

/** Returns messages with rules of items, keys and values, and each way to ignore them. */
function partMessages({ type, rules: [rule = ""], values }: CorpusKind): CorpusMessage[] {
  const few = values.slice(0, 12);
  const maps = few.map((value) => ({ a: value }));
  const list = partVariants(`repeated ${type}`, "repeated.items", rule, [few, ...few.map((value) => [value])]);
  const map = partVariants(`map<string, ${type}>`, "map.values", rule, maps);
  if (!keyTypes.has(type)) return [...list, ...map];
  const keys = few.map((key) => mapOf(type, key));
  return [...list, ...map, ...partVariants(`map<${type}, string>`, "map.keys", rule, keys)];
}

function partVariants(type: string, part: string, rule: string, values: readonly unknown[]): CorpusMessage[] {
  return ignores.map((ignore) => ({
    group: part,
    name: "Within",
    source: `${type} value = 1 [(buf.validate.field).${part} = {${[...new Set([ignore, rule])].map(asMember).join(" ")}}];`,
    inputs: [{}, ...values.map((value) => ({ value }))],
  }));
}

/** Returns an option as part of a message: `string: {len: 2}` for `.string.len = 2`. */
function asMember(rule: string): string {
  return rule.replace(/^\.(\w+) = /, "$1: ").replace(/^\.(\w+)\.(\w+) = (.*)$/, "$1: {$2: $3}");
}

/** Some types of map keys. */
const keyTypes = new Set(["int32", "uint32", "int64", "fixed64", "bool", "string"]);

/** Returns a map with one key, in its form in TypeScript. */
function mapOf(type: string, key: unknown): unknown {
  return type === "bool" || type.includes("64") ? new Map([[key, "a"]]) : { [String(key)]: "a" };
}

function variants(kind: CorpusKind, declaration: keyof typeof declarations): CorpusMessage[] {
  return kind.rules.flatMap((rule, index) => {
    // Tries the ways to ignore only with the first rules of a kind, because their effect does not depend on the rule.
    const used = index < 2 ? ignores : ignores.slice(0, 1);
    return used.map((ignore) => variant(kind, declaration, [rule, ignore]));
  });
}

function variant(kind: CorpusKind, declaration: keyof typeof declarations, rules: readonly string[]): CorpusMessage {
  const options = [...new Set(rules)].filter((rule) => rule !== "").map((rule) => `(buf.validate.field)${rule}`);
  const isMember = declaration === "Member";
  const inputs = kind.values.map((value) => (isMember ? { choice: { $case: "value", value } } : { value }));
  const others = isMember ? [{}, { choice: { $case: "other", value: "x" } }] : [{}];
  const source = declarations[declaration](kind.type, ` [${options.join(", ")}]`);
  return { group: `${declaration} ${kind.type}`, name: declaration, source, inputs: [...others, ...inputs] };
}

function rename(message: CorpusMessage, index: number): CorpusMessage {
  return { ...message, name: `${message.name}${index}` };
}

/** Messages whose rules depend on several fields. */
const special: readonly CorpusMessage[] = [
  {
    group: "several fields",
    name: "NeedsChoice",
    source: "oneof choice { option (buf.validate.oneof).required = true; string a = 1; int32 b = 2; }",
    inputs: [{}, { choice: { $case: "a", value: "" } }, { choice: { $case: "b", value: 0 } }],
  },
  {
    group: "several fields",
    name: "AtMostOne",
    source:
      'option (buf.validate.message).oneof = {fields: ["a", "b", "c"]}; string a = 1 [(buf.validate.field).string.min_len = 2]; optional int32 b = 2; Part c = 3;',
    inputs: [{}, { a: "x" }, { a: "xx" }, { a: "xx", b: 0 }, { b: 0, c: { text: "a" } }, { c: {} }, { a: "", b: 1 }],
  },
  {
    group: "several fields",
    name: "ExactlyOne",
    source:
      'option (buf.validate.message).oneof = {fields: ["a", "d"], required: true}; string a = 1; repeated string d = 2;',
    inputs: [{}, { a: "x" }, { d: [] }, { d: ["x"] }, { a: "x", d: ["y"] }],
  },
  {
    group: "several fields",
    name: "AmongMembers",
    source:
      'option (buf.validate.message).oneof = {fields: ["a_b", "c", "e"], required: true}; oneof which { string a_b = 1 [(buf.validate.field).string.min_len = 2]; int32 c = 2; string d = 3; } string e = 4;',
    inputs: [
      {},
      { e: "x" },
      { which: { $case: "aB", value: "" } },
      { which: { $case: "c", value: 0 } },
      { which: { $case: "d", value: "x" } },
      { which: { $case: "c", value: 1 }, e: "x" },
    ],
  },
  {
    group: "several fields",
    name: "Nested",
    source:
      "Part part = 1; repeated Part parts = 2; map<string, Part> by_name = 3; Nested nested = 4; oneof which { Part one = 5; }",
    inputs: [
      {},
      { part: {} },
      { parts: [{ text: "" }, { text: "a", part: { text: "" } }], byName: { k: { text: "" } } },
      { nested: { nested: { part: { text: "" } } }, which: { $case: "one", value: { text: "" } } },
    ],
  },
];

/** Returns the contracts of the corpus, by their path, and its messages. */
export function corpusProto(): { files: Readonly<Record<string, string>>; messages: readonly CorpusMessage[] } {
  const own = [...corpusMessages(), ...special, ...celMessages, ...predefinedMessages];
  const presence = presenceCorpus();
  const messages = [...own, ...presence.messages];
  const bodies = own.map(({ name, source }) => `message ${name} { ${source} }`);
  const source = `${head}\n${bodies.join("\n")}\n`;
  return {
    messages,
    files: { "corpus/v1/corpus.proto": source, "corpus/v1/rules.proto": rulesProto, ...presence.files },
  };
}

const head = `
syntax = "proto3";
package corpus.v1;
import "buf/validate/validate.proto";
import "corpus/v1/rules.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; COLOR_BLUE = 2; }
message Part { string text = 1 [(buf.validate.field).string.min_len = 1]; Part part = 2; }
`;
