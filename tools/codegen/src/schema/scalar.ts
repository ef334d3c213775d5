import { type DescField, ScalarType } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { call } from "../printing.ts";
import { is64Bit } from "./element.ts";

/** What a scalar is in TypeScript. */
export function scalarTypescript(scalar: ScalarType): string {
  if (scalar === ScalarType.STRING) return "string";
  if (scalar === ScalarType.BOOL) return "boolean";
  if (scalar === ScalarType.BYTES) return "Uint8Array";
  return is64Bit(scalar) ? "bigint" : "number";
}

/** The schema of a scalar, without rules. */
export function scalarSchema(scalar: ScalarType): Printable {
  switch (scalar) {
    case ScalarType.STRING:
      return call("string");
    case ScalarType.BOOL:
      return call("boolean");
    case ScalarType.BYTES:
      return call("bytes");
    case ScalarType.DOUBLE:
      return call("double");
    case ScalarType.FLOAT:
      return call("float");
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return call("uint32");
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return call("uint64");
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return call("int64");
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return call("int32");
    default:
      return scalar satisfies never;
  }
}

/** What a field that can't be absent is where it is left out. */
export function initialValue(field: DescField): string {
  if (field.fieldKind === "list") return "[]";
  if (field.fieldKind === "map") return field.mapKey === ScalarType.BOOL || is64Bit(field.mapKey) ? "new Map()" : "{}";
  if (field.fieldKind === "enum") return String(field.enum.values[0]?.number ?? 0);
  switch (scalarTypescript(field.scalar ?? ScalarType.STRING)) {
    case "string":
      return '""';
    case "boolean":
      return "false";
    case "bigint":
      return "0n";
    case "Uint8Array":
      return "new Uint8Array(0)";
    default:
      return "0";
  }
}

/** What the rules of a scalar are called: `sfixed32`. */
export function ruleKind(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
