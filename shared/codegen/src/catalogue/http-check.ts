import type { DescFile, DescMethod } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { type Binding, bindingsOf, type CatalogueRoute, routeOf } from "./http.ts";
import { RouteError } from "./http-error.ts";
import { idempotencyOf } from "./method.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** Where the gateway itself answers; a route below one of these would never be reached. */
const gatewayPaths = new Set(["trpc", "healthz", "livez", "openapi.json", "reference", "docs"]);
/** Contracts that import this are written for this mesh; those of others may have routes that are none of ours. */
const optionsProto = "mesh/v1/options.proto";

/** Checks google.api.http in all files: every rule makes a route, and no two make the same. */
export function checkRoutes(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  const taken = new Map<string, DescMethod>();
  for (const method of files.flatMap((file) => file.services).flatMap(({ methods }) => methods)) {
    const bindings = bindingsOf(method, options);
    if (options.method(method)?.gateway) {
      for (const binding of bindings) checkBinding(method, binding, taken, problems);
    } else if (bindings.length > 0 && importsOptions(method)) problems.push(unexposed(method));
  }
}

function importsOptions(method: DescMethod): boolean {
  return method.parent.file.dependencies.some(({ proto }) => proto.name === optionsProto);
}

function unexposed(method: DescMethod): Problem {
  const mend = "add gateway: {} to (mesh.v1.method), or take (google.api.http) off";
  return { desc: method, text: `${method.name} has a route and is not exposed: ${mend}`, option: optionPaths.http };
}

function checkBinding(
  method: DescMethod,
  { rule, option }: Binding,
  taken: Map<string, DescMethod>,
  problems: Problem[],
): void {
  const report = (text: string) => problems.push({ desc: method, text, option });
  try {
    const route = routeOf(method, rule);
    for (const text of [...placementProblems(rule, option), ...routeProblems(route)]) report(text);
    const key = keyOf(route);
    const other = taken.get(key);
    if (other) report(`${route.httpMethod} ${route.path} is a route of ${nameOf(other)} already: choose another`);
    taken.set(key, method);
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    report(error.message);
  }
}

/** What is wrong with where a rule stands. */
function placementProblems({ selector, additionalBindings }: Binding["rule"], option: readonly number[]): string[] {
  const isAdded = option.length > optionPaths.http.length;
  return [
    ...(selector === "" ? [] : ["selector is for service configurations: take it off, the rule stands at its method"]),
    ...(isAdded && additionalBindings.length > 0
      ? ["additional_bindings in additional_bindings mean nothing: put them all at the outer rule"]
      : []),
  ];
}

function routeProblems({ method, httpMethod, path, template, body, variables }: CatalogueRoute): string[] {
  const route = `${httpMethod} ${path}`;
  const first = template.segments[0] ?? "";
  const names = template.variables.map(({ field }) => field);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const isFilled = body !== "*" && body && variables.some((fields) => fields.length === 1 && fields[0] === body);
  return [
    ...(gatewayPaths.has(first) ? [`${route} is where the gateway itself answers: begin with another word`] : []),
    ...(twice === undefined ? [] : [`${route} fills ${twice} twice: leave one out`]),
    ...(isFilled ? [`the path fills ${body.name} already: take body off, or name another field`] : []),
    ...(mayChange(method, httpMethod)
      ? [`${route} may change nothing, and ${method.name} is not NO_SIDE_EFFECTS: use post`]
      : []),
  ];
}

/** Browsers send these for a link on any page, with the customer's cookie. */
function mayChange(method: DescMethod, httpMethod: string): boolean {
  return ["GET", "HEAD", "*"].includes(httpMethod) && idempotencyOf(method) !== "no_side_effects";
}

/** Equal for routes that take the same requests. */
function keyOf({ httpMethod, template }: CatalogueRoute): string {
  return JSON.stringify([httpMethod, template.segments, template.verb]);
}

function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}
