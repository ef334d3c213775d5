import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";

/** The module from which generated schemas import. */
const schemaModule = "@mesh/contracts/schema";

/** Returns an imported name of `@mesh/contracts/schema`. */
export function ofSchema(name: string): Printable {
  return createImportSymbol(name, schemaModule);
}

/** Returns a call of a function of `@mesh/contracts/schema`. */
export function call(name: string, ...args: readonly Printable[]): Printable {
  return [ofSchema(name), "(", separated(args), ")"];
}

/** Returns the items with separators between them: `a, b, c`. */
export function separated(items: readonly Printable[], separator = ", "): Printable[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));
}

/** Returns a literal of a text. Nothing in the text can end the literal. */
export function text(value: string): string {
  return JSON.stringify(value);
}

/** Returns a literal of a value of a rule. */
export function literal(value: string | number | bigint | boolean | Uint8Array): Printable {
  if (typeof value === "string") return text(value);
  // A Printable bigint would import from @bufbuild/protobuf.
  return typeof value === "bigint" ? `${value}n` : value;
}

/** Returns an array of literals: `[1, 2]`. */
export function literals(values: readonly (string | number | bigint | Uint8Array)[]): Printable {
  return ["[", separated(values.map(literal)), "]"];
}

/** Returns the name of a property, quoted if necessary. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__" ? name : `[${text(name)}]`;
}

/** Returns a documentation comment and a line break, or an empty text without a comment. */
export function documentation(comment: string, indent = ""): string {
  if (comment === "") return "";
  const lines = comment.replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ""].join("\n");
}
