import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { commentOf } from "../comment.ts";
import { mark } from "../mark.ts";
import { fieldKey, typeName } from "../names.ts";
import { documentation, property } from "../printing.ts";
import { type Element, elementOf, isExactTimestamp, isKeyed, wrapped } from "./element.ts";
import { scalarTypescript } from "./scalar.ts";
import { wellKnownTypescript } from "./well-known.ts";

/**
 * Returns the input type of a schema: the type of ts-proto, with optional members for all that may be left out.
 *
 * @param needed the fields and oneofs, by their name in the .proto, whose absence breaks a rule
 */
export function inputType(message: DescMessage, needed: ReadonlySet<string>): Printable {
  const members = message.members.map((member) => {
    const key = property(fieldKey(member)) + (needed.has(member.name) ? "" : "?");
    const type = member.kind === "oneof" ? oneofType(member) : fieldTypescript(member);
    const absent = needed.has(member.name) ? "" : " | undefined";
    return [documentation(commentOf(member), "  "), "  ", mark(member), key, ": ", type, absent, ";\n"];
  });
  return ["{\n", members, "}"];
}

/** Returns the imported input type of a message's schema. */
export function inputName(message: DescMessage): Printable {
  return createImportSymbol(`${typeName(message)}Input`, `./${message.file.name}.zod.js`, true);
}

function oneofType(oneof: DescOneof): Printable {
  return oneof.fields.map((field) => [
    documentation(commentOf(field), "    ").replace(/^/, "\n").trimEnd(),
    "\n    | { $case: ",
    JSON.stringify(fieldKey(field)),
    "; value: ",
    fieldTypescript(field),
    " }",
  ]);
}

function fieldTypescript(field: DescField): Printable {
  const element = elementTypescript(elementOf(field));
  if (field.fieldKind === "list") return [element, "[]"];
  if (field.fieldKind !== "map") return element;
  const key = scalarTypescript(field.mapKey);
  return isKeyed(field.mapKey) ? ["Map<", key, ", ", element, ">"] : ["{ [key: ", key, "]: ", element, " }"];
}

function elementTypescript(element: Element): Printable {
  if (element.kind === "scalar") return scalarTypescript(element.scalar);
  if (element.kind === "enum")
    return createImportSymbol(typeName(element.enum), `./${element.enum.file.name}.pb.ts`, true);
  const scalar = wrapped(element.message);
  if (scalar !== undefined) return scalarTypescript(scalar);
  if (isExactTimestamp(element)) return inputName(element.message);
  return wellKnownTypescript.get(element.message.typeName) ?? inputName(element.message);
}
