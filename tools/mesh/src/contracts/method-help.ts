import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";
import * as z from "zod";
import type { FoundMethod } from "./find-method.ts";

/** The parts of a document of JSON Schemas that have the comments of messages. */
const schema = z.object({
  properties: z.record(z.string(), z.object({ description: z.string().optional() })).default({}),
});
const schemas = z.object({ $defs: z.record(z.string(), schema) });

/** Describes a method: its request and response with their fields. @param root the folder of buf.yaml, for comments that are not in the descriptors */
export function methodHelp({ service, method }: FoundMethod, root: string): string {
  const { desc, deadlineMs, callers, scopes } = method;
  const kind = desc.methodKind.replace("_", " ");
  const gateway = scopes && `exposed at the gateway${scopes.length > 0 ? `, needs ${scopes.join(", ")}` : ""}`;
  const facts = [kind, deadlineMs && `deadline ${deadlineMs} ms`, `callers ${callers.join(", ")}`, gateway];
  const messages = messagesIn([desc.input, desc.output]);
  return [
    `${service.name}/${desc.name}  ${facts.filter(Boolean).join("; ")}\n`,
    `Request: ${desc.input.typeName}. Response: ${desc.output.typeName}.\n`,
    ...messages.map((message) => describe(message, root)),
    "",
  ].join("\n");
}

/** Returns messages and those in their fields, without those of Google, whose form in JSON is their own. */
function messagesIn(messages: readonly DescMessage[]): DescMessage[] {
  const found = new Set(messages);
  // Iterating a set includes the elements that are added meanwhile.
  for (const { fields } of found) {
    for (const field of fields) if (field.message && !isGoogle(field.message)) found.add(field.message);
  }
  return [...found].filter((message) => !isGoogle(message));
}

function isGoogle({ typeName }: DescMessage): boolean {
  return typeName.startsWith("google.protobuf.");
}

function describe(message: DescMessage, root: string): string {
  const comments = commentsOf(message, root);
  const lines = message.fields.map((field) => {
    const comment = (getComments(field).leading ?? comments[field.jsonName]?.description ?? "")
      .replaceAll(/\s+/g, " ")
      .trim();
    return `  ${field.jsonName}  ${typeOf(field)}${comment && `  ${comment}`}\n`;
  });
  return `${message.typeName}\n${lines.join("") || "  no fields\n"}`;
}

function commentsOf({ typeName, file }: DescMessage, root: string): z.output<typeof schema>["properties"] {
  const path = join(root, "shared/contracts/gen/json-schema", `${file.proto.package || "no-package"}.json`);
  if (!existsSync(path)) return {};
  const { data } = schemas.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return data?.$defs[typeName]?.properties ?? {};
}

function typeOf(field: DescField): string {
  const { fieldKind } = field;
  const element = elementOf(field);
  if (fieldKind === "list") return `list of ${element}`;
  return fieldKind === "map" ? `map of ${element}` : element;
}

function elementOf({ message, enum: enumeration, scalar }: DescField): string {
  if (message) return message.typeName;
  return enumeration ? valuesOf(enumeration) : (ScalarType[scalar ?? ScalarType.STRING]?.toLowerCase() ?? "");
}

function valuesOf({ values }: DescEnum): string {
  return values.map(({ name }) => name).join(" | ");
}
