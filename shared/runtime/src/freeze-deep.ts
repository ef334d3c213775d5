/**
 * Freezes a value that several callers share, and all in it but bytes, which can't be frozen. Returns it.
 *
 * @example
 * ```ts
 * import { freezeDeep } from "@mesh/runtime";
 *
 * const order = freezeDeep({ lines: [{ quantity: 1 }] });
 * Object.isFrozen(order.lines[0]); // true
 * ```
 */
export function freezeDeep<V>(value: V): V {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freezeDeep(part);
  return value;
}
