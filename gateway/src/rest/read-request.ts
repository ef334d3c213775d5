import {
  type DescField,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  type Registry,
  toBinary,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { HttpRoute } from "@mesh/contracts";
import { descriptorOf, fieldNamed, fieldsAt } from "./descriptors.ts";
import { recursionLimit } from "./fault-search.ts";
import { fieldFault, invalidRequest } from "./field-fault.ts";
import type { Match } from "./find-route.ts";
import { faultsOf } from "./json-faults.ts";
import { jsonOf } from "./json-of-text.ts";
import { jsonFault } from "./json-position.ts";
import { rejectLongLists } from "./long-lists.ts";
import { missingIn } from "./missing-fields.ts";
import { pathValues } from "./path-values.ts";
import { isObject, nameOf, place, plainObject } from "./place-value.ts";
import { readQuery } from "./read-query.ts";
import { pathOf, repeatedKey } from "./repeated-key.ts";
import type { Route } from "./routes.ts";
import { unmarkAnys, withBytes } from "./unknown-any.ts";

/** The parts of an HTTP request that set the fields of its message. */
export interface RequestParts {
  readonly match: Match;
  /** Without the `?`; empty: none. */
  readonly query: string;
  /** Empty: none. */
  readonly body: string;
  readonly idempotencyKey: string | undefined;
  /** The texts of fields that the gateway itself sets, by the fields' names or paths. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Makes the message of a request, without checking its rules. @throws MeshError INVALID_ARGUMENT, or HttpError 400 */
export type ReadRequest = (parts: RequestParts) => unknown;

/** Makes what reads the requests of one route. @param reserved the fields that only the gateway itself sets; default: none */
export function requestReader(
  { http, method }: Route,
  registry: Registry,
  ignoreUnknown: boolean,
  reserved: readonly string[] = [],
): ReadRequest {
  const message = descriptorOf(registry, method.input);
  // Faults include what is nested too deep.
  const options = { registry: withBytes(registry), ignoreUnknownFields: ignoreUnknown, recursionLimit };
  const isTaken = taker(http, message);
  const own = new Set(reserved.map((name) => fieldsAt(message, name)?.at(-1)));
  return ({ match, query, body, idempotencyKey, values = {} }) => {
    const json = bodyJson(http, message, body);
    const given = readQuery(query, { message, isTaken, ignoreUnknown });
    if (!isObject(json)) return readWhole(json, body.length);
    for (const { fields, value } of given) {
      if (own.has(fields.at(-1))) throw invalidRequest([fieldFault(nameOf(fields), "is set by the gateway")]);
      place(json, fields, value);
    }
    for (const [field, text] of Object.entries(values)) placeText(json, message, field, text);
    for (const { field, text } of pathValues(match)) placeText(json, message, field, text);
    if (idempotencyKey !== undefined) placeKey(json, http, message, idempotencyKey);
    return readWhole(json, body.length);
  };

  function readWhole(json: JsonValue, length: number): unknown {
    rejectLongLists(method, { json, length }, decode);
    return decode(json);
  }

  function decode(json: JsonValue): unknown {
    const read = readJson(json);
    try {
      return method.input.decode(toBinary(message, read));
    } catch (cause) {
      const missing = missingIn(reflect(message, read));
      if (missing.length > 0) throw invalidRequest(missing);
      throw isTooDeep(cause) ? invalidRequest([fieldFault("", "the message is nested too deep")]) : cause;
    }
  }

  function readJson(json: JsonValue): Message {
    const faults = faultsOf(message, json, options);
    if (faults.length > 0) throw invalidRequest(faults);
    const read = fromJson(message, json, options);
    unmarkAnys(message, read, options.registry);
    return read;
  }
}

/** Parsers have a limit for messages, of which each level of JSON in a message is two or three. They say so only in the text. */
function isTooDeep(error: unknown): boolean {
  return error instanceof Error && error.message.includes("recursion");
}

/** Returns a function that is true for fields that the path or the body sets. */
function taker({ variables, body }: HttpRoute, message: DescMessage): (field: DescField) => boolean {
  if (body === "*") return () => true;
  const whole = variables.map(({ field }) => field).filter((field) => !field.includes("."));
  const names = new Set([...whole, body]);
  return ({ name, parent }) => parent === message && names.has(name);
}

/** Returns the JSON of the whole request, as far as the body sets it. */
function bodyJson({ body: field }: HttpRoute, message: DescMessage, text: string): JsonValue {
  if (field === "") {
    if (text === "") return plainObject();
    throw invalidRequest([fieldFault("", "this method takes no body")]);
  }
  const json = text.trim() === "" ? undefined : parse(text);
  const repeated = json === undefined ? undefined : repeatedKey(text);
  if (repeated) {
    const path = pathOf(message, field === "*" ? repeated : [field, ...repeated]);
    throw invalidRequest([fieldFault(path, "is set twice")]);
  }
  if (field === "*") return isObject(json) || json === undefined ? plainObject(json) : notAnObject(message, json);
  return json === undefined ? plainObject() : plainObject({ [field]: json });
}

/** The JSON of some messages is not an object: that of google.protobuf.Timestamp is a string. */
function notAnObject({ typeName }: DescMessage, json: JsonValue): JsonValue {
  if (typeName.startsWith("google.protobuf.")) return json;
  throw invalidRequest([fieldFault("", "the body must be a JSON object")]);
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // JavaScript's own message quotes the body.
    throw invalidRequest([fieldFault("", `the body is not valid JSON at ${jsonFault(text)}`)]);
  }
}

function placeText(json: JsonObject, message: DescMessage, path: string, text: string): void {
  const fields = fieldsAt(message, path);
  const last = fields?.at(-1);
  if (fields && last) place(json, fields, jsonOf(last, text));
}

/** Rejects a key in the header that differs from the one in the body. */
function placeKey(json: JsonObject, { idempotencyKey }: HttpRoute, message: DescMessage, key: string): void {
  const field = fieldNamed(message, idempotencyKey);
  if (field) place(json, [field], key);
}
