import { type DescField, type DescFile, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { type Binding, bindingsOf, type CatalogueRoute, routeOf } from "./http.ts";
import { RouteError } from "./http-error.ts";
import { patternField, ruleFields } from "./http-rule.ts";
import type { PathTemplate } from "./http-template.ts";
import { idempotencyOf } from "./method.ts";
import { type HttpRule, type MeshOptions, optionPaths } from "./options.ts";

/** The first segments of the gateway's own paths. A route below one of these would never be reached. */
const gatewayPaths = new Set(["trpc", "healthz", "livez", "openapi.json", "reference", "docs"]);
/** Contracts that import this file are written for this mesh. Other contracts may have routes that we do not serve. */
const optionsProto = "mesh/v1/options.proto";

/** Checks google.api.http in all files: every rule makes a route, and no two rules make the same one. */
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
  const fix = 'add gateway: {scopes: "…"} to (mesh.v1.method), or remove (google.api.http)';
  return { desc: method, text: `${method.name} has a route and is not exposed: ${fix}`, option: optionPaths.http };
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
    if (other) report(patternField(rule), `${name} is already a route of ${nameOf(other)}: choose another`);
    taken.set(key, method);
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    report(error.field, error.message);
  }
}

/** The number of a field of HttpRule, and the problem with it. */
type FieldProblem = readonly [field: number, text: string];

/** Returns the fields that a rule can't have at its position in the options. */
function placementProblems({ selector, additionalBindings }: HttpRule, option: readonly number[]): FieldProblem[] {
  const isAdded = option.length > optionPaths.http.length;
  const wrong: FieldProblem[] = [];
  if (selector !== "") {
    wrong.push([
      ruleFields.selector,
      "selector is for service configurations: remove it, the rule already belongs to its method",
    ]);
  }
  if (isAdded && additionalBindings.length > 0) {
    wrong.push([
      ruleFields.additionalBindings,
      "additional_bindings in additional_bindings have no effect: move them to the outer rule",
    ]);
  }
  return wrong;
}

function routeProblems(
  { method, httpMethod, path, template, body, variables }: CatalogueRoute,
  rule: HttpRule,
): FieldProblem[] {
  const route = `${httpMethod} ${path}`;
  const names = template.variables.map(({ field }) => field);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const ofPath: string[] = [];
  if (gatewayPaths.has(template.segments[0] ?? "")) {
    ofPath.push(`${route} is a path of the gateway itself: begin with another segment`);
  }
  if (twice !== undefined) ofPath.push(`${route} fills ${twice} twice: remove one`);
  // The body of a file fills the requests after the first one.
  const isFile = method.methodKind === "client_streaming";
  const filled = [...variables, ...(body !== "*" && body && !isFile ? [[body]] : [])];
  for (const [one, other] of exclusivePairs(filled)) {
    ofPath.push(`${route} fills ${one} and ${other}, of which a request has one: remove one`);
  }
  ofPath.push(...slashProblems(template, variables).map((problem) => `${route} ${problem}`));
  if (mayChange(method, httpMethod)) {
    ofPath.push(`${route} must not change anything, and ${method.name} is not NO_SIDE_EFFECTS: use post`);
  }
  const isFilled = body !== "*" && body && variables.some((fields) => fields.length === 1 && fields[0] === body);
  const filledTwice = `the path already fills ${isFilled ? body.name : ""}: remove body, or name another field`;
  return [
    ...ofPath.map((text) => [patternField(rule), text] as const),
    ...(isFilled ? [[ruleFields.body, filledTwice] as const] : []),
  ];
}

/** Returns the names of fields that a route always fills, although they are in the same oneof. */
function exclusivePairs(filled: readonly (readonly DescField[])[]): (readonly [one: string, other: string])[] {
  return filled.flatMap((one, index) => {
    return filled.slice(index + 1).flatMap((other) => {
      const at = one.findIndex((field, position) => field !== other[position]);
      const [first, second] = [one[at], other[at]];
      const isExclusive = first?.oneof && first.oneof === second?.oneof;
      return isExclusive ? [[nameOfFields(one), nameOfFields(other)] as const] : [];
    });
  });
}

const texts = ["google.protobuf.StringValue", "google.protobuf.BytesValue"];

/** Returns the problems of variables whose value has slashes, which no number, time or the like has. */
function slashProblems({ variables, segments }: PathTemplate, fields: readonly (readonly DescField[])[]): string[] {
  return variables.flatMap(({ start, end, field }, index) => {
    const last = fields[index]?.at(-1);
    const isText = last?.scalar === ScalarType.STRING || last?.scalar === ScalarType.BYTES;
    if (end - start === 1 || !last || isText || texts.includes(last.message?.typeName ?? "")) return [];
    const pattern = segments.slice(start, end).join("/");
    return [
      `fills ${field} with a text that has slashes, by =${pattern}: write {${field}}, or use a field of type string`,
    ];
  });
}

function nameOfFields(fields: readonly DescField[]): string {
  return fields.map(({ name }) => name).join(".");
}

/**
 * Returns true if a route could change something although browsers send such a request for a link on any page, with the
 * customer's cookie.
 */
function mayChange(method: DescMethod, httpMethod: string): boolean {
  return ["GET", "HEAD", "*"].includes(httpMethod) && idempotencyOf(method) !== "no_side_effects";
}

/** Returns a text that is equal for routes that match the same requests. */
function keyOf({ httpMethod, template }: CatalogueRoute): string {
  return JSON.stringify([httpMethod, template.segments, template.verb]);
}

function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}
