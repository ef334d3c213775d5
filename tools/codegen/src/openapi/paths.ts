import type { DescField } from "@bufbuild/protobuf";
import type { CatalogueRoute } from "../catalogue/http.ts";

/** A path of OpenAPI: `/v1/orders/{id}:cancel`. */
export interface ApiPath {
  readonly path: string;
  readonly parameters: readonly PathParameter[];
}

/** A parameter in a path. */
export interface PathParameter {
  readonly name: string;
  /** The path of its field in the JSON of a request. Routes that share a path have the names of the first one. */
  readonly json: string;
  /** The field that it fills; undefined if it fills none, or only a part of one. */
  readonly field: DescField | undefined;
  /** The variable of several segments that contains it: `name=shelves/*`; undefined if there is none. */
  readonly part: string | undefined;
  /** True if it takes all segments that follow. */
  readonly isOpen: boolean;
}

/** Returns a text that is equal for routes whose paths match the same requests. */
export function pathKey({ template }: CatalogueRoute): string {
  return JSON.stringify([template.segments, template.verb]);
}

/**
 * Returns the path of a route. A parameter of OpenAPI is a single segment, so a variable of several segments is written
 * out, with a parameter for each `*`.
 *
 * @param first the route that names the parameters: routes that differ only in their HTTP methods share a path
 */
export function apiPath(route: CatalogueRoute, first: CatalogueRoute): ApiPath {
  const names = parametersOf(first).map(({ name }) => name);
  const parameters = parametersOf(route).map((parameter, index) => ({
    ...parameter,
    name: names[index] ?? parameter.name,
  }));
  let next = 0;
  const segments = route.template.segments.map((segment) =>
    isWild(segment) ? `{${parameters[next++]?.name}}` : segment,
  );
  const verb = route.template.verb && `:${route.template.verb}`;
  return { path: `/${segments.join("/")}${verb}`, parameters };
}

function parametersOf({ template, variables }: CatalogueRoute): PathParameter[] {
  const found: PathParameter[] = [];
  for (const [index, segment] of template.segments.entries()) {
    if (!isWild(segment)) continue;
    const at = template.variables.findIndex(({ start, end }) => index >= start && index < end);
    const variable = template.variables[at];
    const isOpen = segment === "**";
    if (!variable) {
      found.push({ name: `segment${found.length + 1}`, json: "", field: undefined, part: undefined, isOpen });
      continue;
    }
    const own = template.segments.slice(variable.start, variable.end);
    const fields = variables[at] ?? [];
    const name = fields.map(({ jsonName }) => jsonName).join(".");
    const count = own.filter(isWild).length;
    const number = template.segments.slice(variable.start, index).filter(isWild).length + 1;
    const part = own.length > 1 ? `${variable.field}=${own.join("/")}` : undefined;
    const shown = count > 1 ? `${name}.${number}` : name;
    found.push({ name: shown, json: name, field: part ? undefined : fields.at(-1), part, isOpen });
  }
  return found;
}

function isWild(segment: string): boolean {
  return segment === "*" || segment === "**";
}
