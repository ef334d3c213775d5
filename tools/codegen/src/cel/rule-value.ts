import {
  type DescExtension,
  type DescFile,
  fromJson,
  isMessage,
  type JsonValue,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import type { Printable } from "@bufbuild/protoplugin";
import { literal, separated, text } from "../printing.ts";
import type { Scalar } from "../rules/values.ts";
import { wrapped } from "../schema/element.ts";
import { ofCel, typesOf } from "./expressions.ts";

const unsigned = [ScalarType.UINT32, ScalarType.UINT64, ScalarType.FIXED32, ScalarType.FIXED64];
const floating = [ScalarType.FLOAT, ScalarType.DOUBLE];

/** Returns a literal of the value of a predefined rule, for CEL. @param file the file of the field that has the rule */
export function ruleValueLiteral(extension: DescExtension, value: unknown, file: DescFile): Printable {
  if (extension.fieldKind === "scalar") return scalarLiteral(extension.scalar, value as Scalar);
  if (extension.fieldKind === "enum") return literal(value as number);
  const { message } = extension;
  if (!message) {
    // Like protovalidate, passes items as numbers, which CEL compares with each of its number types.
    return ["[", separated((value as Scalar[]).map(literal)), "]"];
  }
  // Protobuf-es has the value of a single wrapper as the scalar in it, and a Struct as JSON.
  const scalar = extension.fieldKind === "message" ? wrapped(message) : undefined;
  if (scalar !== undefined) return scalarLiteral(scalar, value as Scalar);
  const encoded = (one: unknown) => {
    return text(base64Encode(toBinary(message, isMessage(one) ? one : fromJson(message, one as JsonValue))));
  };
  const args = [typesOf(file), ", ", text(message.typeName), ", "];
  if (extension.fieldKind === "message") return [ofCel("ruleMessage"), "(", args, encoded(value), ")"];
  return [ofCel("ruleMessages"), "(", args, "[", separated((value as unknown[]).map(encoded)), "])"];
}

function scalarLiteral(scalar: ScalarType, value: Scalar): Printable {
  if (unsigned.includes(scalar)) return [ofCel("celUint"), "(", `${value}n`, ")"];
  return typeof value === "number" && !floating.includes(scalar) ? `${value}n` : literal(value);
}
