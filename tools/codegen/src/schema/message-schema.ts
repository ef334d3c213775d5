import type { DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import type { MessageOneofRule } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { messageCel } from "../cel/print.ts";
import { fieldKey } from "../names.ts";
import { call, property, separated, text } from "../printing.ts";
import type { Problem } from "../problem.ts";
import { fieldRules, isOneofRequired, messageRules } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { fieldEntry, fieldType, isImplicit } from "./field-schema.ts";
import { readFunction } from "./read-function.ts";

/** The schema of a message: `message(() => [ … ], (o, p, has, no) => { … })`. */
export function messageSchemaBody(message: DescMessage, problems: Problem[]): Printable {
  const entries = message.members.map((member) =>
    member.kind === "oneof" ? oneofEntry(member, problems) : fieldEntry(member, new Site(member, problems)),
  );
  const lines = entries.map((entry) => ["\n  ", entry, ","]);
  const fields = ["() => [", lines, lines.length > 0 ? "\n]" : "]"];
  return call("message", fields, readFunction(message), ...rulesOf(message, problems));
}

function oneofEntry(oneof: DescOneof, problems: Problem[]): Printable {
  const members = oneof.fields.map((field) => {
    const site = new Site(field, problems);
    const type = fieldType(field, fieldRules(field, site), site);
    return ["\n    ", property(fieldKey(field)), ": [", text(field.name), ", ", type, "],"];
  });
  const type = call("oneof", text(oneof.name), ["{", members, "\n  }"]);
  const presence = isOneofRequired(oneof) ? "required" : "optional";
  return call(presence, text(fieldKey(oneof)), text(oneof.name), type, text(""));
}

/** The checks of a message beyond those of its fields. */
function rulesOf(message: DescMessage, problems: Problem[]): Printable[] {
  const site = new Site(message, problems);
  const rules = messageRules(message);
  const oneofs = rules.oneof.map((rule) => onlyOne(message, rule));
  const all = [...messageCel(message, rules, site), ...oneofs, ...message.oneofs.flatMap(requiredMembers)];
  // A bundler would keep a call that is an argument even of a call that it drops.
  return all.map((check) => ["/*@__PURE__*/ ", check]);
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

/** `required` on a field of a oneof. */
function requiredMembers(oneof: DescOneof): Printable[] {
  // What is wrong with the rules is reported where the field is printed; here it would be said twice.
  const fields = oneof.fields.filter((field) => fieldRules(field, new Site(field, [])).required);
  return fields.map((field) => call("mustBe", text(fieldKey(oneof)), text(fieldKey(field)), text(field.name)));
}
