import type { TRPCDataTransformer } from "@trpc/server";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { maxDepth as maxMessages } from "./schema/depth.ts";

/** The deepest nesting of arrays and objects that is sent. A message can be in a list, a map or a oneof, which is one level more. */
export const maxDepth = 2 * (maxMessages + 2);

/** The most digits of a bigint that is sent: reading digits takes quadratic time, and a 64-bit integer has 20. */
const maxDigits = 100;

/** The last instant of a Date, in milliseconds: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const maxTimeMs = 8.64e15;

/**
 * Carries what JSON can't through JSON, exactly: bigint, Date, Uint8Array, undefined, NaN, ±Infinity, -0 and Map. Each
 * becomes a string that begins with `~` and a letter; a string that begins with `~` gets a second one. A Map becomes the
 * array of its keys and values, in turns, after the string `~m`.
 *
 * Both directions copy. Both throw a TypeError for a value without an exact form (a Set, an instance of a class, a Map
 * whose keys are objects, an unknown tag) and a RangeError past `maxDepth`: a wrong value is an error, never another value.
 */
export const transformer = {
  serialize: (value: unknown): unknown => tag(value, maxDepth),
  deserialize: (value: unknown): unknown => untag(value, maxDepth),
} satisfies TRPCDataTransformer;

function tag(value: unknown, depthLeft: number): unknown {
  switch (typeof value) {
    case "string":
      return value.startsWith("~") ? `~${value}` : value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tagNumber(value);
    case "object":
      return value === null ? null : tagObject(value, depthLeft);
    case "boolean":
      return value;
    case "bigint":
      return tagBigint(value);
    case "undefined":
      return "~u";
    default:
      throw new TypeError(`a ${typeof value} can't travel`);
  }
}

function tagNumber(value: number): string {
  return `~f${Object.is(value, -0) ? "-0" : value}`;
}

function tagBigint(value: bigint): string {
  const digits = value.toString();
  if (digits.length > maxDigits) throw new RangeError(`a bigint of more than ${maxDigits} digits can't travel`);
  return `~n${digits}`;
}

function tagObject(value: object, depthLeft: number): unknown {
  if (Array.isArray(value)) return mapItems(value, tag, depthLeft);
  if (isPlain(value)) return mapValues(value, tag, depthLeft);
  if (value instanceof Date) return `~d${value.getTime()}`;
  if (value instanceof Uint8Array) return `~b${encodeBase64(value)}`;
  if (value instanceof Map) return tagMap(value, depthLeft);
  throw new TypeError(`a ${value.constructor?.name ?? "nameless object"} can't travel`);
}

/** The first item of an array that is a Map. No string is sent as this one. */
const mapTag = "~m";

function tagMap(map: ReadonlyMap<unknown, unknown>, depthLeft: number): unknown[] {
  checkDepth(depthLeft);
  const result: unknown[] = [mapTag];
  for (const [key, value] of map) result.push(tag(checkKey(key), 0), tag(value, depthLeft - 1));
  return result;
}

function untagMap(items: readonly unknown[], depthLeft: number): Map<unknown, unknown> {
  checkDepth(depthLeft);
  const result = new Map<unknown, unknown>();
  for (let index = 1; index < items.length; index += 2) {
    result.set(checkKey(untag(checkKey(items[index]), 0)), untag(items[index + 1], depthLeft - 1));
  }
  if (result.size * 2 + 1 !== items.length) throw new TypeError("a Map has a key twice, or a key without a value");
  return result;
}

/** Objects are not equal after a copy, so a Map would not find them. */
function checkKey(key: unknown): unknown {
  if (typeof key === "object" && key !== null) throw new TypeError("a Map whose keys are objects can't travel");
  return key;
}

function untag(value: unknown, depthLeft: number): unknown {
  if (typeof value === "string") return value.startsWith("~") ? untagString(value) : value;
  if (Array.isArray(value)) {
    return value[0] === mapTag ? untagMap(value, depthLeft) : mapItems(value, untag, depthLeft);
  }
  return isRecord(value) ? mapValues(value, untag, depthLeft) : value;
}

function untagString(text: string): unknown {
  const body = text.slice(2);
  switch (text[1]) {
    case "~":
      return text.slice(1);
    case "n":
      if (/^-?\d+$/.test(body) && body.length <= maxDigits) return BigInt(body);
      break;
    case "d":
      if (body === "NaN" || (/^-?\d{1,16}$/.test(body) && Math.abs(Number(body)) <= maxTimeMs))
        return new Date(Number(body));
      break;
    case "b":
      return decodeBase64(body);
    case "u":
      if (body === "") return undefined;
      break;
    case "f":
      if (/^(NaN|-?Infinity|-0)$/.test(body)) return Number(body);
      break;
  }
  throw new TypeError("a string that begins with ~ has no known tag");
}

/** An object literal of any realm, or one without a prototype. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

type Step = (value: unknown, depthLeft: number) => unknown;

function mapItems(items: readonly unknown[], step: Step, depthLeft: number): unknown[] {
  checkDepth(depthLeft);
  // By index, so that a hole counts as undefined.
  const result = new Array<unknown>(items.length);
  for (let index = 0; index < items.length; index++) result[index] = step(items[index], depthLeft - 1);
  return result;
}

function mapValues(object: Record<string, unknown>, step: Step, depthLeft: number): Record<string, unknown> {
  checkDepth(depthLeft);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (key === "__proto__") keepOwn(result, step(value, depthLeft - 1));
    else result[key] = step(value, depthLeft - 1);
  }
  return result;
}

function checkDepth(depthLeft: number): void {
  if (depthLeft === 0) throw new RangeError(`nested deeper than ${maxDepth} levels`);
}

/** Defines the property, because an assignment to `__proto__`, which JSON can contain, would set the prototype. */
function keepOwn(object: object, value: unknown): void {
  Object.defineProperty(object, "__proto__", { value, enumerable: true, configurable: true, writable: true });
}
