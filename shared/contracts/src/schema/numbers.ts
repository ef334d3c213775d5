import { ZodType, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { shortFloat } from "../short-float.ts";
import { unsure } from "./fast.ts";
import { type Fitting, fitting } from "./fitting.ts";
import { mistyped } from "./issue.ts";
import type { Keywords } from "./rule.ts";
import { customize } from "./type.ts";
import type { NumberType } from "./types.ts";

interface NumberDef extends z.core.$ZodTypeDef, Fitting {
  readonly json: Keywords;
}

const MeshNumber = /*@__PURE__*/ $constructor<NumberType, NumberDef>("MeshNumber", (instance, def) => {
  ZodType.init(instance, def);
  customize(instance, { ...fitting(def), json: def.json });
});

/** The type of an `int32` field and its like, and of an enum that is open: it takes numbers of later contracts. */
export function int32(): NumberType {
  return integer(-(2 ** 31), 2 ** 31 - 1);
}

/** The type of a `uint32` field and its like. */
export function uint32(): NumberType {
  return integer(0, 2 ** 32 - 1);
}

/** The type of an enum that takes only its own numbers: one of proto2, or of an edition that closes it. */
export function closedEnum(numbers: readonly number[]): NumberType {
  const known: ReadonlySet<unknown> = new Set(numbers);
  const message = `must be a value of the enum: ${numbers.join(", ")}`;
  return number((value) => known.has(value), message, { type: "integer", enum: [...numbers] }, numbers[0]);
}

/** The type of a `double` field; NaN and the infinities are numbers of it. */
export function double(): NumberType {
  return number((value) => typeof value === "number", "must be a number", { type: "number" });
}

const MeshFloat = /*@__PURE__*/ $constructor<NumberType>("MeshFloat", (instance, def) => {
  ZodType.init(instance, def);
  const read = (value: unknown) => (isFloat(value) ? shortFloat(value) : unsure);
  customize(instance, {
    json: { type: "number" },
    fast: () => read,
    parse: (payload) => {
      const output = read(payload.value);
      if (output === unsure) mistyped(payload, "must be a number of 32 bits");
      else payload.value = output;
    },
  });
});

/** The type of a `float` field, as the shortest decimal. A number that 32 bits can't hold is an error. */
export function float(): NumberType {
  return new MeshFloat({ type: "number" });
}

function isFloat(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) === Number.isFinite(Math.fround(value));
}

function integer(minimum: number, maximum: number): NumberType {
  const fits = (value: unknown) => isInteger(value) && value >= minimum && value <= maximum;
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return number(fits, message, { type: "integer", minimum, maximum });
}

function number(fits: (value: unknown) => boolean, message: string, json: Keywords, zero?: number): NumberType {
  return new MeshNumber({ type: "number", fits, message, json, zero });
}

/** Like Number.isInteger, and narrows the type. */
function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}
