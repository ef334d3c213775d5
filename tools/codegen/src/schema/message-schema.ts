import type { DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import type { MessageOneofRule } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { messageCel } from "../cel/print.ts";
import { mark } from "../mark.ts";
import { fieldKey } from "../names.ts";
import { call, property, separated, text } from "../printing.ts";
import type { Problem } from "../problem.ts";
import { fieldRules, isOneofRequired, messageRules } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { fieldMember, fieldType, isImplicit, withName } from "./field-schema.ts";
import { schemaType, type Typed, zodType } from "./typed.ts";
import { wellKnownForms } from "./well-known.ts";

/**
 * Returns the schema of a message, `message(() => ({ … }))`, and the type of its shape.
 *
 * @param needed the fields and oneofs, by their name in the .proto, whose absence breaks a rule
 */
export function messageSchemaBody(message: DescMessage, needed: ReadonlySet<string>, problems: Problem[]): Typed {
  const members = message.members.map((member) => {
    const site = new Site(member, problems);
    const typed =
      member.kind === "oneof" ? oneofMember(member, problems) : fieldMember(member, needed.has(member.name), site);
    return { member, key: property(fieldKey(member)), ...withName(member, typed) };
  });
  const lines = members.map(({ key, js }) => ["\n  ", key, ": ", js, ","]);
  const types = members.map(({ member, key, type }) => ["\n  ", mark(member), key, ": ", type, ";"]);
  const end = lines.length > 0 ? "\n}" : "}";
  return {
    js: call("message", ["() => ({", lines, end, ")"], ...rulesOf(message, problems)),
    type: ["{", types, end],
  };
}

function oneofMember(oneof: DescOneof, problems: Problem[]): Typed {
  const members = oneof.fields.map((field) => {
    const site = new Site(field, problems);
    return { key: fieldKey(field), ...withName(field, fieldType(field, fieldRules(field, site), site)) };
  });
  const lines = members.map(({ key, js }) => ["\n    ", property(key), ": ", js, ","]);
  const cases = members.map(({ key, type }) => [schemaType("Case"), "<", text(key), ", ", type, ">"]);
  const js = call("oneof", ["{", lines, "\n  }"]);
  const type = zodType("ZodDiscriminatedUnion", ["[", separated(cases), "]"], text("$case"));
  return isOneofRequired(oneof) ? { js, type } : { js: [js, ".optional()"], type: zodType("ZodOptional", type) };
}

/** Returns the checks of a message, without those of its fields. */
function rulesOf(message: DescMessage, problems: Problem[]): Printable[] {
  const site = new Site(message, problems);
  const rules = messageRules(message);
  const oneofs = rules.oneof.map((rule) => onlyOne(message, rule));
  const all = [...messageCel(message, rules, site), ...oneofs, ...message.oneofs.flatMap(requiredMembers)];
  // Without the mark, a bundler keeps a call that is an argument of a dropped call.
  return [...forms(message), ...all].map((check) => ["/*@__PURE__*/ ", check]);
}

/** Returns the check of what the .proto of a well-known type requires. */
function forms({ typeName }: DescMessage): Printable[] {
  const name = wellKnownForms.get(typeName);
  return name === undefined ? [] : [call(name)];
}

function onlyOne(message: DescMessage, { fields: names, required }: MessageOneofRule): Printable {
  const fields = message.fields.filter((field) => names.includes(field.name));
  const entries = fields.map((field) => {
    const key = field.oneof
      ? [`key: ${text(fieldKey(field.oneof))}`, `$case: ${text(fieldKey(field))}`]
      : [`key: ${text(fieldKey(field))}`];
    return `{ ${[...key, `name: ${text(field.name)}`, `implicit: ${isImplicit(field)}`].join(", ")} }`;
  });
  return call("onlyOne", ["[", separated(entries), "]"], String(required));
}

/** Returns the checks for `required` on the fields of a oneof. */
function requiredMembers(oneof: DescOneof): Printable[] {
  // Problems of the rules are reported when the field is printed, so this site collects them for nothing.
  const fields = oneof.fields.filter((field) => fieldRules(field, new Site(field, [])).required);
  return fields.map((field) => call("mustBe", text(fieldKey(oneof)), text(fieldKey(field)), text(field.name)));
}
