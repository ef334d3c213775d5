import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";

/** What generated schemas are made of. */
const schemaModule = "@mesh/contracts/schema";

/** A name of `@mesh/contracts/schema`, imported. */
export function ofSchema(name: string): Printable {
  return createImportSymbol(name, schemaModule);
}

/** A call of a function of `@mesh/contracts/schema`. */
export function call(name: string, ...args: readonly Printable[]): Printable {
  return [ofSchema(name), "(", separated(args), ")"];
}

/** `a, b, c` */
export function separated(items: readonly Printable[], separator = ", "): Printable[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));
}

/** A literal of a text; nothing in it can end the literal. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** A literal of whatever a rule can hold. */
export function literal(value: string | number | bigint | boolean | Uint8Array): Printable {
  if (typeof value === "string") return text(value);
  // A Printable bigint would import from @bufbuild/protobuf.
  return typeof value === "bigint" ? `${value}n` : value;
}

/** `[a, b]` of literals. */
export function literals(values: readonly (string | number | bigint | Uint8Array)[]): Printable {
  return ["[", separated(values.map(literal)), "]"];
}

/** A property's name, quoted where it has to be. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : `[${text(name)}]`;
}

/** A block of documentation at some depth, or nothing; ends with a line break. */
export function documentation(comment: string, indent = ""): string {
  if (comment === "") return "";
  const lines = comment.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ""].join("\n");
}
