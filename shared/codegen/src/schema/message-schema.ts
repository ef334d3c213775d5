import { type DescMessage, type DescOneof, getOption } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { message as messageExtension } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { fieldKey } from "../names.ts";
import { call, property, text } from "../printing.ts";
import type { Problem } from "../problem.ts";
import { fieldRules, isOneofRequired } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { fieldEntry, fieldType } from "./field-schema.ts";

/** The schema of a message. */
export function messageSchemaBody(message: DescMessage, problems: Problem[]): Printable {
  const rules = getOption(message, messageExtension);
  const site = new Site(message, problems);
  if (rules.cel.length > 0 || rules.celExpression.length > 0) site.unsupported("cel");
  if (rules.oneof.length > 0) site.unsupported("message.oneof");
  const entries = message.members.map((member) =>
    member.kind === "oneof" ? oneofEntry(member, problems) : fieldEntry(member, new Site(member, problems)),
  );
  const lines = entries.map((entry) => ["\n  ", entry, ","]);
  return call("message", ["() => [", lines, lines.length > 0 ? "\n]" : "]"]);
}

function oneofEntry(oneof: DescOneof, problems: Problem[]): Printable {
  const members = oneof.fields.map((field) => {
    const site = new Site(field, problems);
    const read = fieldRules(field, site);
    if (read.required) site.unsupported("required on a field of a oneof");
    return ["\n    ", property(fieldKey(field)), ": [", text(field.name), ", ", fieldType(field, read, site), "],"];
  });
  const type = call("oneof", text(oneof.name), ["{", members, "\n  }"]);
  const presence = isOneofRequired(oneof) ? "required" : "optional";
  return call(presence, text(fieldKey(oneof)), text(oneof.name), type, text(""));
}
