import type { z } from "zod";
import { below } from "./issue.ts";
import type { OwnDef } from "./type.ts";

/** A field of a message, read from the shape. */
export interface Field {
  /** Its key in TypeScript. */
  readonly key: string;
  /** Its name in the .proto. */
  readonly name: string;
  /** The type of a value that is there. */
  readonly type: z.core.$ZodType;
  /** The value of a field that is left out; undefined: it is absent. Never changed, so it need not be a fresh one. */
  readonly initial: unknown;
  /** Whether it may be absent. */
  readonly isOptional: boolean;
  readonly isOneof: boolean;
  /** The rule that an absent field breaks if it is not optional. */
  readonly absence: string;
  /** The path of an issue, in the .proto's names, from the path within the field. */
  readonly path: (inner: string) => string;
}

/** The properties that are read from the definitions of a shape's members: of our types, and of zod's around them. */
interface MemberDef extends OwnDef {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly defaultValue?: unknown;
  readonly zero?: unknown;
}

/** The fields of a message, in their order. */
export function fieldsOf(shape: Readonly<Record<string, z.ZodType>>): Field[] {
  return Object.entries(shape).map(([key, member]) => {
    const def = definitionOf(member);
    const isOptional = def.type === "optional";
    const type = ((isOptional || def.type === "default") && def.innerType) || member;
    const name = def.field ?? nameOf(key, type);
    const initial = isOptional ? undefined : (def.defaultValue ?? zeroOf(def));
    const isOneof = definitionOf(type).type === "union";
    const absence = def.absence ?? "required";
    // In the .proto's paths, the fields of a oneof are fields of the message.
    const path: Field["path"] = isOneof ? (inner) => inner || name : below(name);
    return { key, name, type, initial, isOptional, isOneof, absence, path };
  });
}

/** Returns true if every object has a property of this key, such as `constructor`. An absent field then is an own undefined. */
export function isInherited(key: string): boolean {
  return key in Object.prototype;
}

/** The name of a field in the .proto. */
export function nameOf(key: string, type: z.core.$ZodType): string {
  return definitionOf(type).field ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The value of a field that is left out; undefined: the type has no zero, or the field can be absent. */
function zeroOf({ type, absence, zero }: MemberDef): unknown {
  return absence ? undefined : (zero ?? zeros[type]);
}

const zeros: Readonly<Record<string, unknown>> = {
  string: "",
  number: 0,
  boolean: false,
  bigint: 0n,
  array: [],
  record: {},
  map: new Map(),
};

function definitionOf(type: z.core.$ZodType): MemberDef {
  return type._zod.def as MemberDef; // Only properties that every definition may have are read.
}
