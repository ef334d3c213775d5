import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { separated } from "../printing.ts";

/** A schema in generated code: the expression that makes it, and its static type. */
export interface Typed {
  readonly js: Printable;
  readonly type: Printable;
}

/** Returns a type of zod: `z.ZodArray<…>`. */
export function zodType(name: string, ...args: readonly Printable[]): Printable {
  const z = createImportSymbol("z", "zod", true);
  return [z, ".", name, args.length > 0 ? ["<", separated(args), ">"] : ""];
}

/** Returns the type of a zod schema with the same input and output: `z.ZodType<Date, Date>`. */
export function plainType(value: Printable): Printable {
  return zodType("ZodType", value, value);
}

/** Returns an imported type of `@mesh/contracts/schema-types`. */
export function schemaType(name: string): Printable {
  return createImportSymbol(name, "@mesh/contracts/schema-types", true);
}
