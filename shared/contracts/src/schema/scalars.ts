import { _ZodString, ZodBigInt, ZodBoolean, ZodGUID, ZodType, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { describeDefault } from "./defaulted.ts";
import { passing } from "./fast.ts";
import { type Fitting, fitting } from "./fitting.ts";
import { mistyped } from "./issue.ts";
import { testsOf } from "./rule.ts";
import { uuid } from "./rules/format.ts";
import { isText, unpaired } from "./text.ts";
import { customize } from "./type.ts";
import type { BytesType, StringType } from "./types.ts";

const MeshString = /*@__PURE__*/ $constructor<StringType>("MeshString", (instance, def) => {
  _ZodString.init(instance, def);
  const { parse } = instance._zod;
  customize(instance, {
    fast: () => passing(isText),
    parse: (payload, context) => {
      if (isText(payload.value) || typeof payload.value !== "string") parse(payload, context);
      else mistyped(payload, unpaired);
    },
  });
});

/** The type of a `string` field. */
export function string(): StringType {
  return new MeshString({ type: "string" });
}

const MeshGuid = /*@__PURE__*/ $constructor<z.ZodGUID>("MeshGUID", (instance, def) => {
  ZodGUID.init(instance, def);
  const rule = uuid();
  // The same verdict as zod's, but the issue names the rule.
  instance._zod.check = rule._zod.check;
  customize(instance, { fast: () => passing(isText, ...testsOf([rule])) });
});

/** The type of a `string` field with the rule `uuid`. */
export function guid(): z.ZodGUID {
  return new MeshGuid({ type: "string", format: "guid", check: "string_format", abort: false });
}

const MeshBoolean = /*@__PURE__*/ $constructor<z.ZodBoolean>("MeshBoolean", (instance, def) => {
  ZodBoolean.init(instance, def);
  customize(instance, { fast: () => passing((value) => typeof value === "boolean") });
});

/** The type of a `bool` field. */
export function boolean(): z.ZodBoolean {
  return new MeshBoolean({ type: "boolean" });
}

const MeshBigInt = /*@__PURE__*/ $constructor<BigIntType>("MeshBigInt", (instance, def) => {
  ZodBigInt.init(instance, def);
  customize(instance, { ...fitting(def), json: { type: "integer", format: def.format } });
  describeDefault(instance);
});

interface BigIntType extends z.ZodBigInt {
  _zod: z.core.$ZodBigIntInternals<bigint> & { def: z.core.$ZodBigIntDef & Fitting & { readonly format: string } };
}

/** The type of an `int64` field and its like. */
export function int64(): z.ZodBigInt {
  return bigInteger("int64", -(2n ** 63n), 2n ** 63n - 1n);
}

/** The type of a `uint64` field and its like. */
export function uint64(): z.ZodBigInt {
  return bigInteger("uint64", 0n, 2n ** 64n - 1n);
}

function bigInteger(format: string, min: bigint, max: bigint): z.ZodBigInt {
  const fits = (value: unknown) => typeof value === "bigint" && value >= min && value <= max;
  return new MeshBigInt({ type: "bigint", format, fits, message: `must be a bigint from ${min} to ${max}` });
}

const MeshBytes = /*@__PURE__*/ $constructor<BytesType, z.core.$ZodTypeDef & Fitting>("MeshBytes", (instance, def) => {
  ZodType.init(instance, def);
  customize(instance, { ...fitting(def), json: { type: "string", contentEncoding: "base64" } });
  describeDefault(instance);
});

/** The type of a `bytes` field. */
export function bytes(): BytesType {
  const fits = (value: unknown) => value instanceof Uint8Array;
  return new MeshBytes({ type: "custom", zero: new Uint8Array(0), fits, message: "must be bytes" });
}
