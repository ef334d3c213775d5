import {
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  getOption,
  hasOption,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { isReflectMessage, nestedTypes, reflect } from "@bufbuild/protobuf/reflect";
import {
  FieldRulesSchema,
  field as fieldExtension,
  file_buf_validate_validate,
  IgnoreSchema,
  KnownRegexSchema,
  MessageRulesSchema,
  message as messageExtension,
  OneofRulesSchema,
  oneof as oneofExtension,
  PredefinedRulesSchema,
  predefined as predefinedExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { compile, corpusProto } from "@mesh/codegen/testing";
import { beforeAll, expect, test } from "vitest";

/** The messages of rules, each field of which must be in the corpus: `StringRules`, `MessageOneofRule`. */
const kinds = file_buf_validate_validate.messages.filter(({ name }) => /Rules?$/.test(name));

let registry: FileRegistry;
const used = new Set<string>();

beforeAll(async () => {
  registry = createFileRegistry(await compile(corpusProto().files));
  for (const message of messagesIn("corpus/v1/corpus.proto")) {
    collect(MessageRulesSchema, getOption(message, messageExtension));
    for (const oneof of message.oneofs) collect(OneofRulesSchema, getOption(oneof, oneofExtension));
    for (const field of message.fields) collect(FieldRulesSchema, getOption(field, fieldExtension));
  }
  for (const type of nestedTypes(registry.getFile("corpus/v1/rules.proto") ?? fail())) {
    if (type.kind !== "extension" || !hasOption(type, predefinedExtension)) continue;
    collect(PredefinedRulesSchema, getOption(type, predefinedExtension));
  }
});

test("the corpus uses every rule of validate.proto", () => {
  const rules = kinds.flatMap((kind) => kind.fields).map((rule) => `${rule.parent.name}.${rule.name}`);
  expect(rules.length).toBeGreaterThan(200);
  // An example says nothing about what is valid.
  expect(rules.filter((name) => !name.endsWith(".example") && !used.has(name))).toEqual([]);
});

test("the corpus uses every value of the enums of rules", () => {
  const values = [...IgnoreSchema.values, ...KnownRegexSchema.values].filter(({ number }) => number > 0);
  expect(values.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
});

test("the corpus ignores the rules of fields, items, keys and values of every kind, in each way", () => {
  const sources = corpusProto().messages.map(({ source }) => source);
  const ways = ["IGNORE_IF_ZERO_VALUE", "IGNORE_ALWAYS", "required"];
  const places = ["map.keys = {", "map.values = {", "repeated.items = {"];
  for (const way of ways) {
    const lacking = scalarTypes.flatMap((type) =>
      [`${type} value`, `optional ${type} value`, `repeated ${type} value`, `map<string, ${type}> value`].filter(
        (field) => !sources.some((source) => source.startsWith(field) && source.includes(way)),
      ),
    );
    expect(lacking).toEqual([]);
    expect(places.filter((place) => !sources.some((source) => source.includes(place) && source.includes(way)))).toEqual(
      [],
    );
  }
});

const scalarTypes = Object.values(ScalarType).flatMap((type) => (typeof type === "string" ? [type.toLowerCase()] : []));

function messagesIn(path: string): DescMessage[] {
  return [...nestedTypes(registry.getFile(path) ?? fail())].filter((type) => type.kind === "message");
}

function collect(schema: DescMessage, rules: Message): void {
  const reflected = reflect(schema, rules);
  for (const field of reflected.fields) {
    if (!reflected.isSet(field)) continue;
    used.add(`${schema.name}.${field.name}`);
    const value: unknown = reflected.get(field);
    if (field.enum) used.add(field.enum.values.find(({ number }) => number === value)?.name ?? "");
    for (const part of field.fieldKind === "list" ? [...reflected.get(field)] : [value]) {
      if (isReflectMessage(part)) collect(part.desc, part.message);
    }
  }
}

function fail(): never {
  throw new Error("the corpus was not compiled");
}
