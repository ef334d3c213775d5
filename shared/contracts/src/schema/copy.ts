import type { z } from "zod";
import { shortFloat } from "../short-float.ts";
import { enter, leave, maxDepth } from "./depth.ts";
import { fieldsOf, isInherited } from "./field.ts";
import type { Fitting } from "./fitting.ts";
import { MeshJson, scalarFault } from "./json.ts";
import { isText, unpaired } from "./text.ts";

/** Copies a value. @throws TypeError if it does not have the type of its field */
export type Copy = (value: unknown) => unknown;

/** The properties of definitions, of our types and of zod's around them, that are read here. */
interface Def extends Partial<Fitting> {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly members?: Readonly<Record<string, z.ZodType>>;
  /** The type of items, of values of a map, or of a value that can be absent. */
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  /** The entries of a map, and the map of entries. */
  readonly entriesOf?: (input: unknown) => Iterable<readonly [key: unknown, value: unknown]> | undefined;
  readonly make?: (entries: [key: unknown, value: unknown][]) => unknown;
}

const copiers = new WeakMap<z.core.$ZodType, Copy>();

/**
 * Makes what copies the messages of a type, without writing bytes: the copy is what another process would get. It shares
 * nothing with the message, has the fields of the contract only, and one for each of these. Types are checked, rules are
 * not. The message must be complete, as `schema` returns it.
 *
 * @example
 * ```ts
 * import { OrderLineSchema } from "@mesh/contracts/orders/v1";
 * import { copier } from "@mesh/contracts/schema";
 *
 * const copy = copier(OrderLineSchema);
 * copy({ productId: "p", name: "Desk", quantity: 1, unitPrice: undefined, more: 1 }); // without `more`
 * ```
 */
export function copier(type: z.core.$ZodType): Copy {
  const known = copiers.get(type);
  if (known) return known;
  const made = makeCopier(type);
  copiers.set(type, made);
  return made;
}

function makeCopier(type: z.core.$ZodType): Copy {
  const def = type._zod.def as Def; // Only properties that every definition may have are read.
  if (type instanceof MeshJson) return (value) => copyJson(value, 0);
  if (def.members) return ofOneof(def.members);
  if (def.shape) return ofMessage(def as Def & Required<Pick<Def, "shape">>);
  if (def.element) return ofList(def.element);
  if (def.valueType && def.entriesOf && def.make) return ofMap(def.valueType, def.entriesOf, def.make);
  return def.innerType ? copier(def.innerType) : ofScalar(def);
}

function ofMessage(def: Required<Pick<Def, "shape">>): Copy {
  // Made when they are first used: messages may contain each other.
  let fields: readonly { readonly key: string; readonly copy: Copy; readonly canBeAbsent: boolean }[] | undefined;
  return (value) => {
    if (typeof value !== "object" || value === null) throw new TypeError("must be an object");
    fields ??= fieldsOf(def.shape).map(({ key, type, initial, isOptional }) => {
      return { key, copy: copier(type), canBeAbsent: isOptional || initial === undefined };
    });
    const source = value as Readonly<Record<string, unknown>>; // Read by the keys of the contract only.
    const copied: Record<string, unknown> = {};
    try {
      if (!enter()) throw new TypeError(`must not be deeper than ${maxDepth} messages in each other`);
      for (const { key, copy, canBeAbsent } of fields) {
        // Every object has a property such as `constructor`, which is no field if it is inherited.
        const given = isInherited(key) && !Object.hasOwn(source, key) ? undefined : source[key];
        if (given === undefined && canBeAbsent) copied[key] = undefined;
        else copied[key] = copy(given);
      }
    } finally {
      leave();
    }
    return copied;
  };
}

function ofOneof(members: NonNullable<Def["members"]>): Copy {
  const known = new Map<unknown, Copy>();
  for (const [key, type] of Object.entries(members)) known.set(key, (value) => copier(type)(value));
  return (given) => {
    const { $case, value } = Object(given) as { readonly $case?: unknown; readonly value?: unknown };
    const copy = known.get($case);
    return copy && { $case, value: copy(value) };
  };
}

function ofList(element: z.core.$ZodType): Copy {
  let copy: Copy | undefined;
  return (value) => {
    if (!Array.isArray(value)) throw new TypeError("must be an array");
    copy ??= copier(element);
    const copied: unknown[] = [];
    for (const item of value) copied.push(copy(item));
    return copied;
  };
}

function ofMap(
  valueType: z.core.$ZodType,
  entriesOf: NonNullable<Def["entriesOf"]>,
  make: NonNullable<Def["make"]>,
): Copy {
  return (value) => {
    const entries = entriesOf(value);
    if (!entries) throw new TypeError("must be a map");
    const copy = copier(valueType);
    const copied: [key: unknown, value: unknown][] = [];
    for (const [key, item] of entries) if (item !== undefined) copied.push([key, copy(item)]);
    return make(copied);
  };
}

function ofScalar({ type, fits, message = "has the wrong type" }: Def): Copy {
  switch (type) {
    case "string":
      return (value) => {
        if (!isText(value)) throw new TypeError(typeof value === "string" ? unpaired : "must be a string");
        return value;
      };
    case "boolean":
      return (value) => {
        if (typeof value !== "boolean") throw new TypeError("must be a boolean");
        return value;
      };
    case "date":
      return (value) => {
        if (!(value instanceof Date)) throw new TypeError("must be a Date");
        // Without digits below a millisecond, which are not sent.
        return new Date(value.getTime());
      };
    case "number":
      return fits ? fitting(fits, message) : copyFloat;
    case "bigint":
      return fitting(fits, message);
    default:
      return (value) => {
        if (!(value instanceof Uint8Array)) throw new TypeError("must be bytes");
        return new Uint8Array(value);
      };
  }
}

function fitting(fits: Def["fits"], message: string): Copy {
  const isWhole = !fits?.(0.5);
  return (value) => {
    if (!fits?.(value)) throw new TypeError(message);
    // An integer has no sign if it is zero; a double has.
    return isWhole && value === 0 ? 0 : value;
  };
}

/** A float as its 32 bits have it. */
function copyFloat(value: unknown): number {
  if (typeof value !== "number" || Number.isFinite(value) !== Number.isFinite(Math.fround(value))) {
    throw new TypeError("must be a number of 32 bits");
  }
  return shortFloat(value);
}

/** A field of an object that is undefined is not sent, as with JSON.stringify. */
function copyJson(value: unknown, depth: number): unknown {
  const fault = scalarFault(value, depth);
  if (fault !== undefined) throw new TypeError(fault);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyJson(item, depth + 1));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // Own properties, defined: assigning to `__proto__` would set the prototype.
  return Object.fromEntries(entries.map(([key, item]) => [key, copyJson(item, depth + 1)]));
}
