import type { DescFile, DescMethod } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { type Binding, bindingsOf, type CatalogueRoute, routeOf } from "./http.ts";
import { RouteError } from "./http-error.ts";
import { type HttpRule, patternField, ruleFields } from "./http-rule.ts";
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
  const report = (field: number | undefined, text: string) => {
    problems.push({ desc: method, text, option: field === undefined ? option : [...option, field] });
  };
  try {
    const route = routeOf(method, rule);
    for (const [field, text] of [...placementProblems(rule, option), ...routeProblems(route, rule)])
      report(field, text);
    const key = keyOf(route);
    const other = taken.get(key);
    const name = `${route.httpMethod} ${route.path}`;
    if (other) report(patternField(rule), `${name} is a route of ${nameOf(other)} already: choose another`);
    taken.set(key, method);
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    report(error.field, error.message);
  }
}

/** The number of a field of HttpRule, and what is wrong with it. */
type Wrong = readonly [field: number, text: string];

/** What is wrong with where a rule stands. */
function placementProblems({ selector, additionalBindings }: HttpRule, option: readonly number[]): Wrong[] {
  const isAdded = option.length > optionPaths.http.length;
  const wrong: Wrong[] = [];
  if (selector !== "") {
    wrong.push([
      ruleFields.selector,
      "selector is for service configurations: take it off, the rule stands at its method",
    ]);
  }
  if (isAdded && additionalBindings.length > 0) {
    wrong.push([
      ruleFields.additionalBindings,
      "additional_bindings in additional_bindings mean nothing: put them all at the outer rule",
    ]);
  }
  return wrong;
}

function routeProblems(
  { method, httpMethod, path, template, body, variables }: CatalogueRoute,
  rule: HttpRule,
): Wrong[] {
  const route = `${httpMethod} ${path}`;
  const names = template.variables.map(({ field }) => field);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const ofPath: string[] = [];
  if (gatewayPaths.has(template.segments[0] ?? "")) {
    ofPath.push(`${route} is where the gateway itself answers: begin with another word`);
  }
  if (twice !== undefined) ofPath.push(`${route} fills ${twice} twice: leave one out`);
  if (mayChange(method, httpMethod)) {
    ofPath.push(`${route} may change nothing, and ${method.name} is not NO_SIDE_EFFECTS: use post`);
  }
  const isFilled = body !== "*" && body && variables.some((fields) => fields.length === 1 && fields[0] === body);
  const filled = `the path fills ${isFilled ? body.name : ""} already: take body off, or name another field`;
  return [
    ...ofPath.map((text) => [patternField(rule), text] as const),
    ...(isFilled ? [[ruleFields.body, filled] as const] : []),
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
