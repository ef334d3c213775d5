import type { DescField } from "@bufbuild/protobuf";
import { type CatalogueRoute, idempotencyKeyOf } from "../catalogue/http.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import { isRecord, valueAt } from "./parameters.ts";

/** The body of a route's requests; undefined: it has none. `example`: the request that is shown. */
export function requestBodyOf(route: CatalogueRoute, definitions: Definitions, example: unknown) {
  if (route.body === undefined) return undefined;
  const { schema, shown } =
    route.body === "*" ? wholeBody(route, definitions, example) : fieldBody(route, route.body, definitions, example);
  const content = { "application/json": { schema, ...(shown !== undefined && { example: shown }) } };
  return { required: true, content };
}

/** All of the request but what the path says. */
function wholeBody(route: CatalogueRoute, definitions: Definitions, example: unknown) {
  const { input } = route.method;
  const said = route.variables.filter(({ length }) => length === 1).map(([field]) => field?.jsonName ?? "");
  // The header says it as well.
  const optional = [...said, idempotencyKeyOf(route.method)?.jsonName ?? ""];
  const shown = isRecord(example) ? without(example, optional) : undefined;
  const isPlain = optional.every((name) => !definitions.requiredOf(input).includes(name)) && said.length === 0;
  if (isPlain) return { schema: definitions.reference(input), shown };
  return { schema: loosened(definitions.expanded(input), optional, said), shown };
}

/** One field of the request; what the path says within it need not be said again. */
function fieldBody(route: CatalogueRoute, body: DescField, definitions: Definitions, example: unknown) {
  const shown = valueAt(example, [body.jsonName]);
  const said = route.variables
    .filter(([first, second]) => first === body && second)
    .map(([, field]) => field?.jsonName ?? "");
  if (said.length === 0 || !body.message) return { schema: definitions.property(body), shown };
  const rest = isRecord(shown) ? without(shown, said) : undefined;
  return { schema: loosened(definitions.expanded(body.message), said, []), shown: rest };
}

/** A schema that demands less. */
function loosened(schema: JsonSchema, optional: readonly string[], dropped: readonly string[]): JsonSchema {
  const { required, properties, ...rest } = schema;
  const left = (Array.isArray(required) ? required : []).filter((name) => !optional.includes(name));
  const kept = isRecord(properties) ? without(properties, dropped) : {};
  return { ...rest, properties: kept, ...(left.length > 0 && { required: left }) };
}

function without(entries: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}
