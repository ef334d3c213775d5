import { createImportSymbol, type Printable } from "@bufbuild/protoplugin";
import { separated } from "../printing.ts";

/** The schema of a value: the code that makes it, and its static type. */
export interface Typed {
  readonly js: Printable;
  readonly type: Printable;
}

/** A type of zod: `z.ZodArray<…>`. */
export function zodType(name: string, ...args: readonly Printable[]): Printable {
  const z = createImportSymbol("z", "zod", true);
  return [z, ".", name, args.length > 0 ? ["<", separated(args), ">"] : ""];
}

/** The type of a zod schema whose input is its output: `z.ZodType<Date, Date>`. */
export function plainType(value: Printable): Printable {
  return zodType("ZodType", value, value);
}

/** A type of `@mesh/contracts/schema`. */
export function schemaType(name: string): Printable {
  return createImportSymbol(name, "@mesh/contracts/schema", true);
}
