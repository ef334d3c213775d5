import {
  create,
  createRegistry,
  type DescField,
  type DescMessage,
  type Registry,
  setExtension,
} from "@bufbuild/protobuf";
import { FieldOptionsSchema, MessageOptionsSchema } from "@bufbuild/protobuf/wkt";
import { createValidator, RuntimeError } from "@bufbuild/protovalidate";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  MessageRulesSchema,
  message as messageExtension,
  type Rule,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { celRegistry } from "./descriptors.ts";
import { sample } from "./sample.ts";

/** The values of a field that an expression checks: the whole field, each item or map value, or each map key. */
export type Part = "all" | "item" | "key";

/**
 * Returns the error of an expression on a message: protovalidate can't compile it, or it fails on every sample. CEL
 * checks types only at run time, so a part that no sample reaches is not checked, such as the right of `false && …`.
 */
export function tryOnMessage(desc: DescMessage, rule: Rule): string | undefined {
  const registry = celRegistry(desc.file);
  const bare = found(registry.getMessage(desc.typeName));
  const options = create(MessageOptionsSchema);
  setExtension(options, messageExtension, create(MessageRulesSchema, { cel: [rule] }));
  return withOptions(bare, options, () => {
    return failure(bare, [create(bare), sample(bare, false), sample(bare, true)], registry);
  });
}

/** Returns the error of an expression on a field, its items, its keys or its values. */
export function tryOnField(desc: DescField, part: Part, rules: FieldRules, extensions: Registry | undefined) {
  const registry = celRegistry(desc.parent.file);
  const parent = found(registry.getMessage(desc.parent.typeName));
  const field = found(parent.fields.find(({ number }) => number === desc.number));
  const options = create(FieldOptionsSchema);
  setExtension(options, fieldExtension, nested(field, part, rules));
  const all = extensions ? createRegistry(registry, extensions) : registry;
  return withOptions(field, options, () => {
    return failure(parent, [sample(parent, false, field), sample(parent, true, field)], all);
  });
}

/** Gives a descriptor, which all trials share, other options during one trial. */
function withOptions<O, R>(desc: { readonly proto: { options?: O } }, options: O, trial: () => R): R {
  const before = desc.proto.options;
  desc.proto.options = options;
  try {
    return trial();
  } finally {
    if (before) desc.proto.options = before;
    else delete desc.proto.options;
  }
}

function nested(field: DescField, part: Part, rules: FieldRules): FieldRules {
  if (part === "all") return rules;
  if (field.fieldKind === "list") {
    return create(FieldRulesSchema, { type: { case: "repeated", value: { items: rules } } });
  }
  const value = part === "key" ? { keys: rules } : { values: rules };
  return create(FieldRulesSchema, { type: { case: "map", value } });
}

function failure(desc: DescMessage, samples: ReturnType<typeof sample>[], registry: Registry): string | undefined {
  const validator = createValidator({ registry });
  const results = samples.map((message) => validator.validate(desc, message));
  const all = results.flatMap((result) => (result.kind === "error" ? [result.error] : []));
  // The type in an Any is known only at run time.
  const errors = all.filter(({ message }) => !message.includes("not found in registry"));
  const wrong = errors.find((error) => !(error instanceof RuntimeError) || /outputs \w+, wanted/.test(error.message));
  if (!wrong && errors.length < samples.length) return undefined;
  return (wrong ?? errors[0])?.message;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a type is not in its own file");
  return value;
}
