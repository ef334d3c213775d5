import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { type CatalogueRoute, idempotencyKeyOf } from "../catalogue/http.ts";
import { idempotencyOf } from "../catalogue/method.ts";
import { descriptionOf } from "../comment.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import { isSpecial, isTextual } from "../json-schema/well-known.ts";
import type { ApiPath, PathParameter } from "./paths.ts";

/** A parameter of an operation. */
export type Parameter = Readonly<Record<string, unknown>>;

/**
 * Returns the parameters in the path, the query and the headers.
 *
 * @param isTracked true if the messages of its stream have ids
 * @param example the example of the request
 */
export function parametersOf(
  route: CatalogueRoute,
  isTracked: boolean,
  path: ApiPath,
  definitions: Definitions,
  example: unknown,
): Parameter[] {
  const inPath = path.parameters.map((parameter) => pathParameter(parameter, definitions, example));
  return [
    ...inPath,
    ...queryParameters(route, definitions, example),
    ...headerParameters(route, example),
    ...(isTracked ? [lastEventId] : []),
  ];
}

function pathParameter(
  { name, json, field, part, isOpen }: PathParameter,
  definitions: Definitions,
  example: unknown,
): Parameter {
  const { description, schema } = field
    ? described(field, definitions)
    : { description: "", schema: { type: "string" } };
  const notes = [description, part && `A part of \`${part}\`.`, isOpen && "May hold several segments, with slashes."];
  const shown = field && valueAt(example, json.split("."));
  return clean({ name, in: "path", required: true, description: joined(notes), schema, example: shown });
}

function queryParameters(route: CatalogueRoute, definitions: Definitions, example: unknown): Parameter[] {
  if (route.body === "*") return [];
  const isTaken = (fields: readonly DescField[]) =>
    fields[0] === route.body || route.variables.some((taken) => isSame(taken, fields));
  const found = leavesOf(route.method.input, [], definitions, true).filter(({ fields }) => !isTaken(fields));
  return found.map(({ fields, isRequired }) => {
    const names = fields.map(({ jsonName }) => jsonName);
    const field = fields.at(-1) as DescField; // A leaf has at least one field.
    const { description, schema, deprecated } = described(field, definitions);
    const shown = valueAt(example, names);
    const attributes = { name: names.join("."), in: "query", description, deprecated, schema, example: shown };
    return clean({ ...attributes, required: isRequired || undefined });
  });
}

interface Leaf {
  readonly fields: readonly DescField[];
  readonly isRequired: boolean;
}

/** Returns the fields that a query can set, also those of nested messages, but not of a message within itself. */
function leavesOf(
  message: DescMessage,
  before: readonly DescField[],
  definitions: Definitions,
  isNeeded: boolean,
): Leaf[] {
  // A query fills no part of a message that has another form in JSON than an object of its fields.
  if (isSpecial(message)) return [];
  const needed = definitions.requiredOf(message);
  return message.fields.flatMap((field) => {
    const fields = [...before, field];
    const isRequired = isNeeded && needed.includes(field.jsonName);
    if (isTextual(field)) return [{ fields, isRequired }];
    const isWithin = field.message === message || before.some(({ message: outer }) => outer === field.message);
    if (field.fieldKind !== "message" || isWithin || isSpecial(field.message)) return [];
    return leavesOf(field.message, fields, definitions, isRequired);
  });
}

/** The header with which a stream goes on. */
export const lastEventId: Parameter = {
  name: "Last-Event-ID",
  in: "header",
  description: "The `id` of the last message that the client has: the stream goes on after it.",
  schema: { type: "string" },
};

const idempotencyKey: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "Calls with the same key take effect once. The others get the response of the first, with `Idempotent-Replayed: true`.",
  schema: { type: "string", maxLength: 255 },
  example: "8e03978e-40d5-43dd-bc93-6894a57f9324",
};

/** Returns the header Idempotency-Key of a mutation. A field of the request may be the key. */
function headerParameters({ method }: CatalogueRoute, example: unknown): Parameter[] {
  if (method.methodKind !== "unary" || idempotencyOf(method) === "no_side_effects") return [];
  const field = idempotencyKeyOf(method);
  if (!field) return [idempotencyKey];
  const description = `Sets \`${field.jsonName}\` instead of the body: calls with the same key run once.`;
  const shown = valueAt(example, [field.jsonName]);
  return [clean({ name: "Idempotency-Key", in: "header", description, schema: { type: "string" }, example: shown })];
}

function described(field: DescField, definitions: Definitions) {
  const { description: _description, deprecated: _deprecated, ...schema } = definitions.property(field);
  return { description: descriptionOf(field), deprecated: field.deprecated || undefined, schema: schema as JsonSchema };
}

function isSame(a: readonly DescField[], b: readonly DescField[]): boolean {
  return a.length === b.length && a.every((field, index) => field === b[index]);
}

/** Returns the value at a path of names in a request. */
export function valueAt(json: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), json);
}

/** Returns true if a value is an object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the entries without undefined and empty values. */
export function clean(entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== ""));
}

function joined(texts: readonly (string | false | undefined)[]): string {
  return texts.filter(Boolean).join(" ");
}
