import type { z } from "zod";
import { run } from "./attempt.ts";
import { dateFault } from "./date.ts";
import { type Field, fieldsOf, nameOf } from "./field.ts";
import { below, paramsOf, subscript } from "./issue.ts";
import { type JsonDef, MeshJson, scalarFault } from "./json.ts";
import type { MessageRule } from "./message.ts";
import type { Payload } from "./payload.ts";
import { isText, unpaired } from "./text.ts";
import { MeshPath } from "./well-known.ts";

/** A value in a message that some surface can't return. */
export interface ResponseFault {
  /** By the names in the .proto: `items[0].placed_at`. Empty: the message as a whole. */
  readonly field: string;
  /** `must be from 0001-01-01T00:00:00Z to …` */
  readonly description: string;
}

/** Returns the first fault of a value. */
export type FindFault = (value: unknown) => ResponseFault | undefined;

/** The finder of a part, and the path of a fault from the path within the part. */
interface Part extends Pick<Field, "path"> {
  readonly key: string;
  readonly find: FindFault;
}

/** The properties of definitions, of our types and of zod's around them, that are read here. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly rules?: readonly MessageRule[];
  readonly members?: Readonly<Record<string, z.ZodType>>;
  /** The type of items, of values of a map, or of a value that can be absent. */
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
}

const finders = new WeakMap<z.core.$ZodType, FindFault>();
const none: FindFault = () => undefined;

/**
 * Makes what finds the values that the .proto of a well-known type forbids, such as a Timestamp of the year 10000. The rules
 * of the contract don't count, and values that are absent are right.
 *
 * @returns undefined if no message of the type can have such a value
 *
 * @example
 * ```ts
 * import { OrderLineSchema, OrderSchema } from "@mesh/contracts/orders/v1";
 * import { faultFinder } from "@mesh/contracts/schema";
 *
 * faultFinder(OrderSchema)?.({ placedAt: new Date(Number.NaN) }); // { field: "placed_at", description: "must be a valid …" }
 * faultFinder(OrderLineSchema); // undefined: no field has a well-known type
 * ```
 */
export function faultFinder(type: z.core.$ZodType): FindFault | undefined {
  if (!reaches(type)) return undefined;
  const find = finders.get(type) ?? makeFinder(type);
  finders.set(type, find);
  return find;
}

function makeFinder(type: z.core.$ZodType): FindFault {
  const { shape, rules, members, element, valueType, innerType } = defOf(type);
  if (type instanceof MeshJson) return jsonFinder(type._zod.def);
  if (type instanceof MeshPath) return (value) => firstOf(run(type, value, {}));
  if (isDate(type)) return (value) => faultOf(value instanceof Date ? dateFault(value) : "must be a Date");
  if (members) return inOneof(members);
  if (shape) return inMessage(shape, rules);
  if (element) return inList(faultFinder(element));
  if (valueType) return inMap(faultFinder(valueType));
  return (innerType && faultFinder(innerType)) ?? none;
}

function inMessage(shape: NonNullable<Def["shape"]>, rules: readonly MessageRule[] = []): FindFault {
  const forms = rules.filter(({ always }) => always);
  let parts: readonly Part[] | undefined; // Made when they are first used: messages may contain each other.
  return (value) => {
    if (!isRecord(value)) return undefined;
    parts ??= fieldsOf(shape).flatMap(({ key, path, type }) => partOf(key, path, type));
    for (const { key, path, find } of parts) {
      const fault = value[key] === undefined ? undefined : find(value[key]);
      if (fault) return { ...fault, field: path(fault.field) };
    }
    return forms.length > 0 ? formFault(value, forms) : undefined;
  };
}

function partOf(key: string, path: Part["path"], type: z.core.$ZodType): Part[] {
  const find = faultFinder(type);
  return find ? [{ key, path, find }] : [];
}

function formFault(value: Readonly<Record<string, unknown>>, forms: readonly MessageRule[]): ResponseFault | undefined {
  const payload: Payload = { value, issues: [] };
  for (const check of forms) check(value, payload);
  return firstOf(payload);
}

function inOneof(members: NonNullable<Def["members"]>): FindFault {
  const entries = Object.entries(members).flatMap(([key, type]) => partOf(key, below(nameOf(key, type)), type));
  const parts = new Map<unknown, Part>(entries.map((part) => [part.key, part]));
  return (given) => {
    const { $case, value }: { $case?: unknown; value?: unknown } = isRecord(given) ? given : {};
    const part = value === undefined ? undefined : parts.get($case);
    const fault = part?.find(value);
    return fault && part && { ...fault, field: part.path(fault.field) };
  };
}

function inList(find = none): FindFault {
  return (value) => (Array.isArray(value) ? firstWithin(value.entries(), find) : undefined);
}

function inMap(find = none): FindFault {
  return (value) => {
    const entries = value instanceof Map ? value : isRecord(value) ? Object.entries(value) : [];
    // An entry without a value is sent with its default, or not at all.
    return firstWithin(entries, (item) => (item === undefined ? undefined : find(item)));
  };
}

function jsonFinder({ fits, message }: JsonDef): FindFault {
  return (value) => (fits(value) ? inJson(value) : faultOf(message));
}

/** A field of an object that is undefined is not sent, as with JSON.stringify. */
function inJson(value: unknown, depth = 0): ResponseFault | undefined {
  const fault = faultOf(scalarFault(value, depth));
  if (fault || typeof value !== "object" || value === null) return fault;
  const inside: FindFault = (item) => inJson(item, depth + 1);
  if (Array.isArray(value)) return firstWithin(value.entries(), inside);
  const entries = Object.entries(value);
  if (!entries.every(([key]) => isText(key))) return faultOf(`${unpaired} in a key`);
  return firstWithin(entries, (item) => (item === undefined ? undefined : inside(item)));
}

function firstWithin(entries: Iterable<readonly [key: unknown, value: unknown]>, find: FindFault) {
  for (const [key, value] of entries) {
    const fault = find(value);
    if (fault) return { ...fault, field: below(subscript(key))(fault.field) };
  }
  return undefined;
}

function faultOf(description: string | undefined): ResponseFault | undefined {
  return description === undefined ? undefined : { field: "", description };
}

function firstOf({ issues }: Payload): ResponseFault | undefined {
  const [issue] = issues;
  return issue && { field: paramsOf(issue).field ?? "", description: issue.message ?? "is not valid" };
}

const known = new WeakMap<z.core.$ZodType, boolean>();

/** Returns true if a value of a type can have a fault, at any depth. */
function reaches(type: z.core.$ZodType): boolean {
  const found = known.get(type);
  if (found !== undefined) return found;
  const reached = new Set([type]);
  // Iterating a set includes the elements that are added meanwhile.
  for (const each of reached) for (const part of partsOf(each)) reached.add(part);
  const reaching = [...reached].some((each) => isWellKnown(each) || known.get(each) === true);
  known.set(type, reaching);
  return reaching;
}

function isWellKnown(type: z.core.$ZodType): boolean {
  const isLeaf = type instanceof MeshJson || type instanceof MeshPath || isDate(type);
  return isLeaf || (defOf(type).rules ?? []).some(({ always }) => always);
}

function partsOf(type: z.core.$ZodType): z.core.$ZodType[] {
  const { shape, members, element, valueType, innerType } = defOf(type);
  const parts = [...Object.values(members ?? shape ?? {}), element, valueType, innerType];
  return parts.filter((part) => part !== undefined);
}

function isDate(type: z.core.$ZodType): boolean {
  return defOf(type).type === "date";
}

function defOf(type: z.core.$ZodType): Def {
  return type._zod.def as Def; // Only properties that every definition may have are read.
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
