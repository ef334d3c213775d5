import type { CorpusMessage } from "./corpus-message.ts";
import { collections, corpus } from "./rule-corpus/corpus.ts";
import type { CorpusKind } from "./rule-corpus/corpus-kind.ts";

/** A file in proto2 or an edition, and its declarations of fields. */
interface Dialect {
  /** The prefix of its types, because all files have one package. */
  readonly prefix: string;
  readonly head: string;
  /** The values of its enum, which include 1 and 2. */
  readonly colors: string;
  /** Functions that declare a field `value` of a type, with options such as `[a, b]` without the brackets. */
  readonly declarations: Readonly<Record<string, (type: string, options: string) => string>>;
}

const inEdition = (feature: string) => (type: string, options: string) =>
  `${type} value = 1 [features.field_presence = ${feature}, ${options}];`;
const inGroup = (label: string) => (type: string, options: string) =>
  `${label} group Value = 1 { ${type.startsWith("map") ? "" : "optional "}${type} value = 1 [${options}]; }`;

const dialects: readonly Dialect[] = [
  {
    prefix: "Old",
    head: 'syntax = "proto2";',
    colors: "OLD_RED = 1; OLD_NONE = 0; OLD_BLUE = 2;",
    declarations: {
      Optional: (type, options) => `optional ${type} value = 1 [${options}];`,
      Required: (type, options) => `required ${type} value = 1 [${options}];`,
      Member: (type, options) => `oneof choice { ${type} value = 1 [${options}]; string other = 2; }`,
      Group: inGroup("optional"),
    },
  },
  {
    prefix: "New",
    head: 'edition = "2023";',
    colors: "NEW_NONE = 0; NEW_RED = 1; NEW_BLUE = 2;",
    declarations: {
      Explicit: (type, options) => `${type} value = 1 [${options}];`,
      Implicit: inEdition("IMPLICIT"),
      Needed: inEdition("LEGACY_REQUIRED"),
    },
  },
  {
    prefix: "Last",
    head: 'edition = "2024";\noption features.message_encoding = DELIMITED;\noption features.enum_type = CLOSED;',
    colors: "LAST_RED = 1; LAST_BLUE = 2;",
    declarations: { Explicit: (type, options) => `${type} value = 1 [${options}];` },
  },
];

const ignores = ["", ".ignore = IGNORE_IF_ZERO_VALUE", ".ignore = IGNORE_ALWAYS", ".required = true"];

/** The form of a value, by the declaration of its field. */
const inputs: Readonly<Record<string, (value: unknown) => Readonly<Record<string, unknown>>>> = {
  Group: (value) => ({ value: { value } }),
  Member: (value) => ({ choice: { $case: "value", value } }),
};

/** Returns true if a type is a message, which always has presence. */
const isMessage = (type: string) => /^google|^Part$/.test(type);

/** Kinds whose presence works like that of int32 and int64. */
const alike = new Set(["sint32", "sfixed32", "fixed32", "sint64", "sfixed64", "fixed64"]);

function messagesOf(dialect: Dialect): CorpusMessage[] {
  const single = corpus
    .filter(({ type }) => !alike.has(type))
    .flatMap((kind) =>
      Object.entries(dialect.declarations).flatMap(([name, declare]) =>
        name === "Implicit" && isMessage(kind.type) ? [] : variants(dialect, kind, name, declare),
      ),
    );
  const many = collections.flatMap((kind) =>
    variants(dialect, kind, "Many", (type, options) => `${type} value = 1 [${options}];`),
  );
  const made = [...single, ...many].map((one, index) => ({ ...one, name: `${dialect.prefix}${one.name}${index}` }));
  return [...made, ...special.filter(({ name }) => name.startsWith(dialect.prefix))];
}

function variants(
  { prefix, colors }: Dialect,
  kind: CorpusKind,
  name: string,
  declare: (type: string, options: string) => string,
): CorpusMessage[] {
  const type = kind.type.replace(/\b(Color|Part)\b/, `${prefix}$1`);
  const values = kind.type.includes("Color") ? kind.values.filter((value) => isDeclared(value, colors)) : kind.values;
  // One rule of each kind is enough, because the other corpus tries all of them.
  const rules = kind.rules.slice(0, name === "Many" ? 2 : 1);
  return rules.flatMap((rule) =>
    ignores.map((ignore) => {
      const options = [rule, ignore].filter((one) => one !== "").map((one) => `(buf.validate.field)${one}`);
      const inputOf = inputs[name] ?? ((value: unknown) => ({ value }));
      const given = values.slice(0, 12).map(inputOf);
      const source = declare(type, [...new Set(options)].join(", "));
      return { group: `${prefix} ${name} ${kind.type}`, name, source, inputs: [{}, ...given] };
    }),
  );
}

function isDeclared(value: unknown, colors: string): boolean {
  return [value].flat().every((number) => new RegExp(`= ${number};`).test(colors));
}

const rule = (text: string) => `(buf.validate.field).${text}`;
const message = (name: string, source: string, inputs: CorpusMessage["inputs"]): CorpusMessage => ({
  group: "presence",
  name,
  source,
  inputs,
});

/** Messages whose rules depend on presence in other ways. */
const special: readonly CorpusMessage[] = [
  message(
    "OldDefaults",
    `optional int32 a = 1 [default = 3, ${rule("int32.gt = 5")}]; optional string b = 2 [default = "abc", ${rule("string.len = 1")}];
     optional OldColor c = 3 [default = OLD_BLUE, ${rule("enum.const = 1")}, ${rule("ignore = IGNORE_IF_ZERO_VALUE")}];`,
    [{}, { a: 3 }, { a: 0 }, { a: 6 }, { b: "abc" }, { b: "" }, { c: 1 }, { c: 2 }, { c: 0 }],
  ),
  message(
    "OldCelDefaults",
    `option (buf.validate.message).cel = {id: "sum" expression: "this.a + this.b == 5"};
     option (buf.validate.message).cel = {id: "has" expression: "has(this.a) || !has(this.b)"};
     optional int32 a = 1 [default = 3]; optional int32 b = 2;`,
    [{}, { a: 5 }, { a: 3, b: 2 }, { b: 2 }, { a: 0, b: 5 }],
  ),
  message(
    "OldCelGroup",
    `option (buf.validate.message).cel = {id: "group" expression: "!has(this.box) || this.box.number > 1"};
     optional group Box = 1 { optional int32 number = 1 [default = 2]; optional OldColor color = 2 [${rule('cel = {id: "c" expression: "this == 1"}')}]; }`,
    [{}, { box: {} }, { box: { number: 1 } }, { box: { number: 3, color: 2 } }, { box: { color: 1 } }],
  ),
  message(
    "OldGroups",
    `repeated group Many = 1 [${rule("repeated.min_items = 1")}] { required string text = 1 [${rule("string.min_len = 1")}]; optional group Deep = 2 { required OldPart part = 1; } }
     required group One = 2 { optional int32 number = 1 [${rule("int32.gt = 0")}]; }
     oneof choice { group Member = 3 { required bool flag = 1 [${rule("bool.const = true")}]; } string other = 4; }`,
    [
      {},
      { many: [{}, { text: "" }, { text: "a", deep: {} }, { text: "a", deep: { part: { text: "" } } }], one: {} },
      {
        many: [{ text: "a", deep: { part: { text: "b" } } }],
        one: { number: 1 },
        choice: { $case: "member", value: { flag: true } },
      },
      { one: { number: 0 }, choice: { $case: "member", value: {} } },
      { choice: { $case: "member", value: { flag: false } } },
    ],
  ),
  message(
    "OldRequireds",
    `required int32 a = 1 [${rule("required = true")}]; required int32 b = 2 [${rule("int32.gt = 0")}, ${rule("ignore = IGNORE_ALWAYS")}];
     required OldPart c = 3 [${rule("ignore = IGNORE_ALWAYS")}]; repeated OldPart d = 4 [${rule("repeated = {items: {ignore: IGNORE_ALWAYS}}")}];`,
    [{}, { a: 0, b: 0, c: { text: "" } }, { a: 1 }, { b: 0, c: {}, d: [{}] }],
  ),
  message(
    "OldEnums",
    `repeated OldColor items = 1 [${rule("repeated = {items: {ignore: IGNORE_IF_ZERO_VALUE enum: {const: 2}}}")}];
     map<string, OldColor> by_name = 2 [${rule("map = {values: {ignore: IGNORE_IF_ZERO_VALUE enum: {not_in: [0, 1]}}}")}];
     repeated OldColor cels = 3 [${rule('repeated = {items: {ignore: IGNORE_IF_ZERO_VALUE cel: {id: "two" expression: "this == 2"}}}')}];`,
    [{}, { items: [0, 1, 2] }, { byName: { a: 0, b: 1, c: 2 } }, { cels: [0, 1, 2] }, { items: [1], cels: [1] }],
  ),
  message(
    "OldOnlyOne",
    `option (buf.validate.message).oneof = {fields: ["a", "b", "box"], required: true};
     optional int32 a = 1 [${rule("int32.gt = 1")}]; optional string b = 2 [default = "x"]; optional group Box = 3 {}`,
    [{}, { a: 0 }, { a: 2 }, { b: "" }, { a: 2, b: "" }, { box: {} }, { box: {}, a: 0 }],
  ),
  message(
    "OldExtended",
    `option (buf.validate.message).cel = {id: "one" expression: "this.a == 1"};
     optional int32 a = 1; extensions 10 to 20;
     extend OldExtended { optional string text = 10 [${rule("string.min_len = 3")}]; repeated OldPart parts = 11; }`,
    [{ a: 1 }, { a: 1, "[corpus.v1.OldExtended.text]": "x" }, { "[corpus.v1.OldExtended.parts]": [{ text: "" }] }],
  ),
  message(
    "NewRecursive",
    `NewRecursive next = 1 [features.message_encoding = DELIMITED]; string text = 2 [${rule("string.min_len = 1")}];`,
    [{}, { text: "" }, { next: { next: { text: "" } } }, { next: { text: "a" }, text: "" }],
  ),
];

/** Returns the contracts, by their path, and the messages in them. */
export function presenceCorpus(): { files: Readonly<Record<string, string>>; messages: readonly CorpusMessage[] } {
  const all = dialects.map((dialect) => ({ dialect, messages: messagesOf(dialect) }));
  const files = all.map(({ dialect, messages }) => [pathOf(dialect), sourceOf(dialect, messages)] as const);
  return { files: Object.fromEntries(files), messages: all.flatMap(({ messages }) => messages) };
}

function pathOf({ prefix }: Dialect): string {
  return `corpus/v1/${prefix.toLowerCase()}.proto`;
}

function sourceOf({ prefix, head, colors }: Dialect, messages: readonly CorpusMessage[]): string {
  const [syntax = "", ...options] = head.split("\n");
  const optional = prefix === "Old" ? "optional " : "";
  const imports = ["any", "duration", "field_mask", "timestamp"].map(
    (name) => `import "google/protobuf/${name}.proto";`,
  );
  return [
    syntax,
    "package corpus.v1;",
    'import "buf/validate/validate.proto";',
    ...imports,
    ...options,
    `enum ${prefix}Color { ${colors} }`,
    `message ${prefix}Part { ${optional}string text = 1 [${rule("string.min_len = 1")}]; ${optional}${prefix}Part part = 2; }`,
    ...messages.map(({ name, source }) => `message ${name} { ${source} }`),
  ].join("\n");
}
