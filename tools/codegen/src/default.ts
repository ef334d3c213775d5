import type { DescEnum, DescField } from "@bufbuild/protobuf";
import { typeName } from "./names.ts";
import { is64Bit } from "./schema/element.ts";

/**
 * What a contract says that a field means where it is left out, as TypeScript; undefined: nothing. A message in which it
 * is left out stays so, and who reads it applies the default: left out and set to the default are two things to the rules.
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
