import type { DescField, DescMessage, JsonValue } from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import { fieldsAt } from "./descriptors.ts";
import { fieldFault, invalidRequest } from "./field-fault.ts";
import { isTextual, jsonOf, percentDecoded, queryDecoded } from "./json-of-text.ts";

/** A field that a query sets. */
export interface QueryValue {
  /** The path to the field. */
  readonly fields: readonly DescField[];
  readonly value: JsonValue;
}

/** Which fields a query may set. */
export interface QueryOptions {
  readonly message: DescMessage;
  /** Returns true if the path or the body sets a field of the message itself, with everything in it. */
  readonly isTaken: (field: DescField) => boolean;
  /** Drops parameters that are not fields. */
  readonly ignoreUnknown: boolean;
}

/**
 * Reads the parameters of a query into fields: `page_size=5`, `pageSize=5`, `filter.name=a`, `ids=1&ids=2`.
 *
 * @throws MeshError INVALID_ARGUMENT that names every parameter that is not a field or does not fit it
 * @throws HttpError 400 if it is not percent-encoded
 */
export function readQuery(query: string, options: QueryOptions): QueryValue[] {
  if (query === "") return [];
  const faults: FieldViolation[] = [];
  const values: QueryValue[] = [];
  for (const [name, texts] of parametersOf(query)) {
    const fields = fieldsAt(options.message, name);
    const problem = fields ? problemOf(fields, texts, options) : unknownProblem(name, options.message);
    if (problem !== undefined && (fields || !options.ignoreUnknown)) faults.push(fieldFault(shown(name), problem));
    if (fields && problem === undefined) values.push({ fields, value: jsonValue(fields, texts) });
  }
  if (faults.length > 0) throw invalidRequest(faults);
  return values;
}

/**
 * Groups the values of each parameter, still encoded, in one pass: a query may have thousands. URLSearchParams would
 * replace bytes that are not UTF-8, and the `+` of base64.
 */
function parametersOf(query: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [, encodedName = "", text = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const name = percentDecoded(encodedName.replaceAll("+", " "), "query");
    const texts = parameters.get(name);
    if (texts) texts.push(text);
    else parameters.set(name, [text]);
  }
  return parameters;
}

function problemOf(
  fields: readonly DescField[],
  texts: readonly string[],
  { isTaken }: QueryOptions,
): string | undefined {
  const [first, last] = [fields[0] as DescField, fields.at(-1) as DescField]; // A path has a field at least.
  if (isTaken(first)) return "is set by the path or the body, not by the query";
  if (!isTextual(last)) return closedProblem(last) ?? "is a message: set the fields in it, such as a.b=";
  if (last.fieldKind !== "list" && texts.length > 1) return "is set more than once";
  return undefined;
}

/** Returns the reason why only a body can set a field. */
function closedProblem({ fieldKind, message }: DescField): string | undefined {
  if (fieldKind === "map") return "is a map, which only a body can set";
  if (fieldKind === "list" && message) return "is a list of messages, which only a body can set";
  const isFree = /^google\.protobuf\.(Any|Struct|Value|ListValue)$/.test(message?.typeName ?? "");
  return isFree ? "is JSON of any form, which only a body can set" : undefined;
}

/** Explains the forms `kinds[]`, `kinds[0]` and `filter[name]`, which other frameworks use. */
function unknownProblem(name: string, message: DescMessage): string {
  const problem = `is not a field of ${message.name} that a query can set`;
  const dotted = name.replace(/\[\d*\]$/, "").replaceAll(/\[(\w+)\]/g, ".$1");
  const [start = ""] = name.split("[", 1);
  const [whole, part] = [fieldsAt(message, start)?.at(-1), fieldsAt(message, dotted)?.at(-1)];
  if (!name.includes("[") || !whole) return problem;
  const closed = closedProblem(whole);
  if (closed) return `${problem}: ${start} ${closed}`;
  if (!part) return problem;
  return `${problem}: write ${dotted}${part.fieldKind === "list" ? ", once for each item" : ""}`;
}

function jsonValue(fields: readonly DescField[], texts: readonly string[]): JsonValue {
  const last = fields.at(-1) as DescField; // A path has a field at least.
  if (last.fieldKind === "list") return texts.map((text) => jsonOf(last, queryDecoded(last, text)));
  return jsonOf(last, queryDecoded(last, texts[0] ?? ""));
}

/** Repeats an unknown name in the error only if it looks like a field's. */
function shown(name: string): string {
  return /^[\w.[\]-]{1,100}$/.test(name) ? name : "";
}
