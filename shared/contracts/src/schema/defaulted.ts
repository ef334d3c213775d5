import { _default, ZodDefault, type z } from "zod";
import { $constructor } from "zod/v4/core";

/** A default that JSON can't say as it is: a bigint, bytes or a Map. */
const MeshDefault = /*@__PURE__*/ $constructor<z.ZodDefault>("MeshDefault", (instance, def) => {
  ZodDefault.init(instance, def);
  const { processJSONSchema } = instance._zod;
  instance._zod.processJSONSchema = (context, json, params) => {
    // Zod would throw for a bigint.
    processJSONSchema?.({ ...context, unrepresentable: () => ({}) }, json, params);
    json.default = asJson(def.defaultValue);
  };
});

/** Replaces the method `default` of a type whose values JSON can't say. */
export function describeDefault(instance: z.ZodType): void {
  const value = (initial: unknown) => new MeshDefault(_default(instance, initial)._zod.def);
  Object.defineProperty(instance, "default", { value, configurable: true, writable: true });
}

/** As the type's own JSON Schema has it; undefined: it can't be said. */
function asJson(value: unknown): number | string | unknown[] | undefined {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Map) return [...value];
  return value instanceof Uint8Array && value.length === 0 ? "" : undefined;
}
