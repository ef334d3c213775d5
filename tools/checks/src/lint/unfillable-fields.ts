import type { DescField, DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { type CatalogueRoute, routesOf } from "@mesh/codegen/catalogue/http";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Problem } from "@mesh/codegen/problem";
import { acceptanceOf } from "../contracts/acceptance.ts";

/** The messages whose JSON can have any form. */
const free = new Set(["Any", "Struct", "Value", "ListValue"].map((name) => `google.protobuf.${name}`));

/**
 * Lists the fields of requests that a route can't fill, because its query would have to: maps, lists of messages and
 * JSON of any form. A method with a route whose body is the whole request has none.
 *
 * @param isOwn returns true for files that can be changed here
 */
export function unfillableFields(registry: FileRegistry, isOwn: (file: DescFile) => boolean): Problem[] {
  const options = new MeshOptions(registry);
  const methods = [...registry.files].flatMap((file) => file.services.flatMap((service) => service.methods));
  const found = new Map<DescField, Problem>();
  for (const method of methods) {
    const routes = routesOf(method, options);
    if (routes.some(({ body }) => body === "*")) continue;
    for (const route of routes) {
      for (const field of inQuery(route)) if (isOwn(field.parent.file)) addProblem(found, field, route);
    }
  }
  return [...found.values()];
}

function addProblem(found: Map<DescField, Problem>, field: DescField, { httpMethod, path }: CatalogueRoute): void {
  const accepted = acceptanceOf("not-in-query", field);
  if (accepted !== undefined && accepted !== "") return;
  const what = `${field.parent.name}.${field.name} is ${kindOf(field)}, which the query of ${httpMethod} ${path} can't fill`;
  const fix = 'use post with body: "*" or a message of plain fields, or comment // mesh:not-in-query <reason>';
  const text = accepted === "" ? `mesh:not-in-query on ${field.name} has no reason: add one` : `${what}: ${fix}`;
  found.set(field, { desc: field, text });
}

/** Returns the fields that only a body can fill, among those that neither the path nor the body of a route fills. */
function inQuery({ method, body, variables }: CatalogueRoute): DescField[] {
  const isTaken = (field: DescField) =>
    field === body || variables.some(([first, ...rest]) => first === field && !rest[0]);
  const found: DescField[] = [];
  const seen = new Set<DescMessage>([method.input]);
  // Iterating over a set includes the items that are added meanwhile.
  for (const message of seen) {
    for (const field of message.fields) {
      if (message === method.input && isTaken(field)) continue;
      if (kindOf(field)) found.push(field);
      else if (field.message && field.message.file.proto.package !== "google.protobuf") seen.add(field.message);
    }
  }
  return found;
}

/** Returns the kind of a field that a query can't fill. */
function kindOf({ fieldKind, message }: DescField): string | undefined {
  if (fieldKind === "map") return "a map";
  if (!message) return undefined;
  const isList = fieldKind === "list";
  if (free.has(message.typeName)) return isList ? `a list of ${message.name}` : `a ${message.name}`;
  return isList && message.file.proto.package !== "google.protobuf" ? "a list of messages" : undefined;
}
