import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { call } from "../printing.ts";
import { is64Bit } from "./element.ts";
import { schemaType, type Typed, zodType } from "./typed.ts";

/** Returns the type of a scalar in TypeScript. */
export function scalarTypescript(scalar: ScalarType): string {
  if (scalar === ScalarType.STRING) return "string";
  if (scalar === ScalarType.BOOL) return "boolean";
  if (scalar === ScalarType.BYTES) return "Uint8Array";
  return is64Bit(scalar) ? "bigint" : "number";
}

/** Returns the schema of a scalar, without rules. */
export function scalarSchema(scalar: ScalarType): Typed {
  switch (scalar) {
    case ScalarType.STRING:
      return { js: call("string"), type: schemaType("StringType") };
    case ScalarType.BOOL:
      return { js: call("boolean"), type: zodType("ZodBoolean") };
    case ScalarType.BYTES:
      return { js: call("bytes"), type: schemaType("BytesType") };
    case ScalarType.DOUBLE:
      return { js: call("double"), type: schemaType("NumberType") };
    case ScalarType.FLOAT:
      return { js: call("float"), type: schemaType("NumberType") };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { js: call("uint32"), type: schemaType("NumberType") };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { js: call("uint64"), type: zodType("ZodBigInt") };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { js: call("int64"), type: zodType("ZodBigInt") };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return { js: call("int32"), type: schemaType("NumberType") };
    default:
      return scalar satisfies never;
  }
}

/** Returns the value that a field that can't be absent has if it is left out. */
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

/** Returns the name of the rules of a scalar: `sfixed32`. */
export function ruleKind(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
