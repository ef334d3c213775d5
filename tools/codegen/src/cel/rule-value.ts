import { type DescExtension, ScalarType } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { literal, separated } from "../printing.ts";
import type { Scalar } from "../rules/values.ts";
import { ofCel } from "./expressions.ts";

const unsigned = [ScalarType.UINT32, ScalarType.UINT64, ScalarType.FIXED32, ScalarType.FIXED64];
const floating = [ScalarType.FLOAT, ScalarType.DOUBLE];

/** The value of a predefined rule as CEL takes it; undefined: it is a message or a map. */
export function ruleValueLiteral(extension: DescExtension, value: unknown): Printable | undefined {
  if (extension.fieldKind === "scalar") return scalarLiteral(extension.scalar, value as Scalar);
  if (extension.fieldKind === "enum") return literal(value as number);
  if (extension.fieldKind !== "list" || extension.listKind === "message") return undefined;
  // As protovalidate hands on items: as numbers, which CEL compares with each of its kinds of numbers.
  return ["[", separated((value as Scalar[]).map(literal)), "]"];
}

function scalarLiteral(scalar: ScalarType, value: Scalar): Printable {
  if (unsigned.includes(scalar)) return [ofCel("celUint"), "(", `${value}n`, ")"];
  return typeof value === "number" && !floating.includes(scalar) ? `${value}n` : literal(value);
}
