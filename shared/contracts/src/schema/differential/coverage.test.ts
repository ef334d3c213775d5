import { createFileRegistry, type DescMessage, getOption, type Message } from "@bufbuild/protobuf";
import { isReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  FieldRulesSchema,
  field as fieldExtension,
  file_buf_validate_validate,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { compile, corpusProto } from "@mesh/codegen/testing";
import { expect, test } from "vitest";

/** Rules of kinds of messages, which FieldRules brings together. */
const kinds = file_buf_validate_validate.messages.filter(({ name }) => /Rules$/.test(name));
const elsewhere = ["MessageRules", "OneofRules", "PredefinedRules"];

test("the corpus uses every rule of validate.proto", async () => {
  const registry = createFileRegistry(await compile(corpusProto().files));
  const used = new Set<string>();
  const fields = [...(registry.getFile("corpus/v1/corpus.proto")?.messages ?? [])].flatMap((message) => message.fields);
  for (const field of fields) collect(FieldRulesSchema, getOption(field, fieldExtension), used);
  const rules = kinds.filter(({ name }) => !elsewhere.includes(name)).flatMap((kind) => kind.fields);
  const missing = rules.map((rule) => `${rule.parent.name}.${rule.name}`).filter((name) => !used.has(name));
  // An example says nothing about what is valid.
  expect(missing.filter((name) => !name.endsWith(".example"))).toEqual([]);
});

function collect(schema: DescMessage, rules: Message, used: Set<string>): void {
  const reflected = reflect(schema, rules);
  for (const field of reflected.fields) {
    if (!reflected.isSet(field)) continue;
    used.add(`${schema.name}.${field.name}`);
    const value: unknown = reflected.get(field);
    if (isReflectMessage(value)) collect(value.desc, value.message, used);
  }
}
