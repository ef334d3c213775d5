import type { DescField } from "@bufbuild/protobuf";
import { type CatalogueRoute, idempotencyKeyOf } from "../catalogue/http.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import { isRecord, valueAt } from "./parameters.ts";

/**
 * Returns the body of a route's requests, or undefined if it has none.
 *
 * @param example the example of the request
 * @param file the file that the body is, if it is one. OpenAPI 3.1 describes bytes by their media type, without a schema
 */
export function requestBodyOf(
  route: CatalogueRoute,
  definitions: Definitions,
  example: unknown,
  file: { readonly accept: readonly string[] } | undefined,
) {
  if (route.body === undefined) return undefined;
  if (file) return { required: true, content: Object.fromEntries(file.accept.map((type) => [type, {}])) };
  const { schema, shown } =
    route.body === "*" ? wholeBody(route, definitions, example) : fieldBody(route, route.body, definitions, example);
  const content = { "application/json": { schema, ...(shown !== undefined && { example: shown }) } };
  return { required: true, content };
}

/** Returns the schema of the request without the fields in the path. */
function wholeBody(route: CatalogueRoute, definitions: Definitions, example: unknown) {
  const { input } = route.method;
  const inPath = route.variables.filter(({ length }) => length === 1).map(([field]) => field?.jsonName ?? "");
  // A header can contain the idempotency key.
  const optional = [...inPath, idempotencyKeyOf(route.method)?.jsonName ?? ""];
  const shown = isRecord(example) ? without(example, optional) : undefined;
  const isPlain = optional.every((name) => !definitions.requiredOf(input).includes(name)) && inPath.length === 0;
  if (isPlain) return { schema: definitions.reference(input), shown };
  return { schema: loosened(definitions.expanded(input), optional, inPath), shown };
}

/** Returns the schema of one field of the request. Fields within it that the path fills are not required. */
function fieldBody(route: CatalogueRoute, body: DescField, definitions: Definitions, example: unknown) {
  const shown = valueAt(example, [body.jsonName]);
  const inPath = route.variables
    .filter(([first, second]) => first === body && second)
    .map(([, field]) => field?.jsonName ?? "");
  if (inPath.length === 0 || !body.message) return { schema: definitions.property(body), shown };
  const rest = isRecord(shown) ? without(shown, inPath) : undefined;
  return { schema: loosened(definitions.expanded(body.message), inPath, []), shown: rest };
}

/** Returns a schema with fewer required properties, and without the dropped ones. */
function loosened(schema: JsonSchema, optional: readonly string[], dropped: readonly string[]): JsonSchema {
  const { required, properties, ...rest } = schema;
  const left = (Array.isArray(required) ? required : []).filter((name) => !optional.includes(name));
  const kept = isRecord(properties) ? without(properties, dropped) : {};
  return { ...rest, properties: kept, ...(left.length > 0 && { required: left }) };
}

function without(entries: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}
