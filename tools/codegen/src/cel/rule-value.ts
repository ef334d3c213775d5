import { type DescExtension, ScalarType } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { literal, separated } from "../printing.ts";
import type { Scalar } from "../rules/values.ts";
import { ofCel } from "./expressions.ts";

const unsigned = [ScalarType.UINT32, ScalarType.UINT64, ScalarType.FIXED32, ScalarType.FIXED64];
const floating = [ScalarType.FLOAT, ScalarType.DOUBLE];

/** Returns a literal of the value of a predefined rule, for CEL; undefined if it is a message or a map. */
export function ruleValueLiteral(extension: DescExtension, value: unknown): Printable | undefined {
  if (extension.fieldKind === "scalar") return scalarLiteral(extension.scalar, value as Scalar);
  if (extension.fieldKind === "enum") return literal(value as number);
  if (extension.fieldKind !== "list" || extension.listKind === "message") return undefined;
  // Like protovalidate, passes items as numbers, which CEL compares with each of its number types.
  return ["[", separated((value as Scalar[]).map(literal)), "]"];
}

function scalarLiteral(scalar: ScalarType, value: Scalar): Printable {
  if (unsigned.includes(scalar)) return [ofCel("celUint"), "(", `${value}n`, ")"];
  return typeof value === "number" && !floating.includes(scalar) ? `${value}n` : literal(value);
}
