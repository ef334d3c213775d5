import type { DescEnum, DescField } from "@bufbuild/protobuf";
import { typeName } from "./names.ts";
import { is64Bit } from "./schema/element.ts";

/**
 * Returns the default that a contract declares for a field, as TypeScript, or undefined. Decoding does not set it,
 * because the rules distinguish an absent field from one that is set to its default: the reader of a message applies
 * it.
 */
export function defaultOf(field: DescField): string | undefined {
  const value: unknown =
    field.fieldKind === "scalar" || field.fieldKind === "enum" ? field.getDefaultValue() : undefined;
  if (value === undefined) return undefined;
  if (field.enum) return valueName(field.enum, Number(value));
  if (value instanceof Uint8Array) return `new Uint8Array([${value.join(", ")}])`;
  if (field.scalar !== undefined && is64Bit(field.scalar)) return `${value}n`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function valueName(type: DescEnum, number: number): string {
  return `${typeName(type)}.${type.values.find((value) => value.number === number)?.name ?? number}`;
}
