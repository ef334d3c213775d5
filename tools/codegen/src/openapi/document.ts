import type { DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { type CatalogueRoute, routesOf } from "../catalogue/http.ts";
import { descriptionOf } from "../comment.ts";
import { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import type { Generation } from "../plugin/generation.ts";
import { type FeedRoute, feedPathsOf, feedRoutesOf } from "./feeds.ts";
import { operationOf, problemsOf, type RouteDefinitions, securityName } from "./operations.ts";
import { apiPath, pathKey } from "./paths.ts";
import { componentBase, problemName, problemSchema } from "./problems.ts";

const description = `The routes that the contracts give to the methods they expose.

Messages are in the JSON mapping of proto3: 64-bit integers are texts, enums are names, moments are RFC 3339, bytes are
base64. Streams are lines of JSON, and feeds of
events are server-sent events. Errors are problems of RFC 9457, with the reasons that the contracts declare.`;

/** Methods that have a property in a path item of OpenAPI 3.1. */
const placed = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** The methods of a route for any method, except those that another route has. */
const anyMethods = ["get", "put", "post", "delete", "patch"];

/** Returns the OpenAPI document of all routes, in version 3.1. */
export function openApiDocument(generation: Generation): Readonly<Record<string, unknown>> {
  const services = generation.files.flatMap((file) => file.services);
  const methods = services.flatMap((service) => service.methods);
  const routes = methods.flatMap((method) => routesOf(method, generation.options));
  const feeds = feedRoutesOf(services, generation);
  const sent = reachable([...routes.map(({ method }) => method.output), ...feeds.map(({ message }) => message)]);
  // A message that is in both has two schemas: the gateway reads more spellings of values than it writes.
  const isNamedRequest = (message: DescMessage) => sent.has(message);
  const definitions: RouteDefinitions = {
    requests: new Definitions(generation.validator, { base: componentBase, isRequest: true, isNamedRequest }),
    responses: new Definitions(generation.validator, { base: componentBase, isRequest: false }),
  };
  const tags = tagNames(routes, feeds);
  const paths = sorted({
    ...pathsOf(routes, tags, definitions, generation),
    ...feedPathsOf(feeds, tags, definitions.responses, generation),
  });
  return {
    openapi: "3.1.1",
    info: { title: "Typemesh", version: "1", description },
    servers: [{ url: "/" }],
    tags: [...tags].map(([service, name]) => ({ name, description: descriptionOf(service) })),
    paths,
    components: {
      schemas: { ...schemasOf(paths, definitions), ...problemSchemas(routes, generation) },
      securitySchemes: { [securityName]: security },
    },
  };
}

const security = {
  type: "apiKey",
  in: "cookie",
  name: "mesh_customer",
  description:
    "Set with the first response and kept by the browser. A first call that would change something gets 401 and the cookie: call again. Each operation lists the scopes that it needs.",
};

function pathsOf(
  routes: readonly CatalogueRoute[],
  tags: ReadonlyMap<DescService, string>,
  definitions: RouteDefinitions,
  generation: Generation,
) {
  const names = operationIds(routes, tags);
  const firsts = new Map([...routes].reverse().map((route) => [pathKey(route), route]));
  const items = new Map<string, Record<string, unknown>>();
  // Routes for any method come last, because they take only the methods that no other route has.
  for (const route of [...routes].sort((a, b) => Number(a.httpMethod === "*") - Number(b.httpMethod === "*"))) {
    const path = apiPath(route, firsts.get(pathKey(route)) ?? route);
    const item = items.get(path.path) ?? {};
    items.set(path.path, item);
    for (const [index, method] of methodsOf(route, item).entries()) {
      const operationId = `${names.get(route)}${index === 0 ? "" : `_${method}`}`;
      const tag = tags.get(route.method.parent) ?? "";
      place(item, method, operationOf(route, path, { operationId, tag }, definitions, generation));
    }
  }
  return Object.fromEntries(items);
}

function sorted<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function methodsOf({ httpMethod }: CatalogueRoute, item: Readonly<Record<string, unknown>>): string[] {
  return httpMethod === "*" ? anyMethods.filter((method) => !(method in item)) : [httpMethod.toLowerCase()];
}

/** Adds an operation to a path item. Other methods go to an extension, like `additionalOperations` of OpenAPI 3.2. */
function place(item: Record<string, unknown>, method: string, operation: unknown): void {
  if (placed.includes(method)) item[method] = operation;
  else
    item["x-additionalOperations"] = { ...(item["x-additionalOperations"] ?? {}), [method.toUpperCase()]: operation };
}

/** Returns the tag of each service: its name, or the full name if two services have the same. */
function tagNames(routes: readonly CatalogueRoute[], feeds: readonly FeedRoute[]): Map<DescService, string> {
  const services = [...new Set([...routes.map(({ method }) => method.parent), ...feeds.map(({ service }) => service)])];
  const isShared = ({ name }: DescService) => services.filter((other) => other.name === name).length > 1;
  return new Map(services.map((service) => [service, isShared(service) ? service.typeName : service.name]));
}

/** Returns the id of each operation: `OrderService_PlaceOrder`, with a number from 2 on for more routes of a method. */
function operationIds(routes: readonly CatalogueRoute[], tags: ReadonlyMap<DescService, string>) {
  const counts = new Map<DescMethod, number>();
  return new Map(
    routes.map((route) => {
      const { method } = route;
      const number = (counts.get(method) ?? 0) + 1;
      counts.set(method, number);
      const tag = (tags.get(method.parent) ?? "").replaceAll(".", "_");
      return [route, `${tag}_${method.name}${number === 1 ? "" : number}`] as const;
    }),
  );
}

function problemSchemas(routes: readonly CatalogueRoute[], generation: Generation) {
  const problems = routes.flatMap((route) => problemsOf(route, generation));
  const schemas = Object.fromEntries(problems.map(({ name, schema }) => [name, schema] as const));
  return { [problemName]: problemSchema, ...sorted(schemas) };
}

/** Returns the schemas that paths refer to, sorted by name. */
function schemasOf(paths: unknown, { requests, responses }: RouteDefinitions): Readonly<Record<string, JsonSchema>> {
  const entries = [responses, requests].flatMap((definitions) =>
    definitions.closure(referred(paths, definitions)).map((name) => [name, definitions.schemaOf(name)] as const),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the names of the schemas that paths refer to. */
function referred(paths: unknown, definitions: Definitions): string[] {
  const found = [...JSON.stringify(paths).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  return [...new Set(found.map(([, name = ""]) => name))].filter((name) => definitions.knows(name));
}

/** Returns the messages and all messages of their fields, at any depth. */
function reachable(messages: readonly DescMessage[]): ReadonlySet<DescMessage> {
  const found = new Set(messages);
  // Iterating a set includes the elements that are added meanwhile.
  for (const message of found) for (const field of message.fields) if (field.message) found.add(field.message);
  return found;
}
