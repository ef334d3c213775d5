import { type DescField, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { RouteError, readField } from "./http-error.ts";
import {
  bodyOf,
  checkFillable,
  patternField,
  patternOf,
  responseBodyOf,
  ruleFields,
  variableFields,
} from "./http-rule.ts";
import { type PathTemplate, parseTemplate } from "./http-template.ts";
import { type HttpRule, type MeshOptions, optionPaths } from "./options.ts";

/** A route of a method: an HTTP method and a path that google.api.http declares. */
export interface CatalogueRoute {
  readonly method: DescMethod;
  /** `GET`; `*` means any method that no other route has for the path. */
  readonly httpMethod: string;
  /** As in the .proto: `/v1/orders/{id}:cancel`. */
  readonly path: string;
  readonly template: PathTemplate;
  /** The path of fields that each variable of the template fills, in the order of the variables. */
  readonly variables: readonly (readonly DescField[])[];
  /** The field that the body fills. `*` means all fields that the path does not fill; undefined means no body. */
  readonly body: DescField | "*" | undefined;
  /** The field of the response that is sent; undefined if the whole response is sent. */
  readonly responseBody: DescField | undefined;
}

/** One HttpRule as declared: the method's own, or one of its additional_bindings. */
export interface Binding {
  readonly rule: HttpRule;
  /** The path to it in the options of the method, by field numbers. */
  readonly option: readonly number[];
}

/** Returns the rules of google.api.http for a method, its own rule first. */
export function bindingsOf(method: DescMethod, options: MeshOptions): Binding[] {
  const rule = options.http(method);
  if (!rule) return [];
  const added = rule.additionalBindings.map((more, index) => {
    return { rule: more, option: [...optionPaths.http, ruleFields.additionalBindings, index] };
  });
  return [{ rule, option: optionPaths.http }, ...added];
}

/** Returns the routes of a method that the gateway exposes, without wrong ones: `checkRoutes` reports those. */
export function routesOf(method: DescMethod, options: MeshOptions): CatalogueRoute[] {
  if (!options.method(method)?.gateway) return [];
  return bindingsOf(method, options).flatMap(({ rule }) => {
    try {
      return routeOf(method, rule);
    } catch (error) {
      if (error instanceof RouteError) return [];
      throw error;
    }
  });
}

/** Names the fields that the variables fill: `{note.value}` fills the wrapper `note`. */
function withFields(template: PathTemplate, variables: readonly (readonly DescField[])[]): PathTemplate {
  const named = template.variables.map((variable, index) => {
    return { ...variable, field: (variables[index] ?? []).map(({ name }) => name).join(".") };
  });
  return { ...template, variables: named };
}

/** Names of a field that identifies a request across retries. Source of the first: https://google.aip.dev/155 */
const idempotencyKeys = ["request_id", "idempotency_key"];

/** Returns the field of a method's request that the header Idempotency-Key fills: a text with one of these names. */
export function idempotencyKeyOf({ input }: DescMethod): DescField | undefined {
  return input.fields.find(({ name, scalar, fieldKind }) => {
    return idempotencyKeys.includes(name) && fieldKind === "scalar" && scalar === ScalarType.STRING;
  });
}

/** Makes a route from one rule. @throws RouteError if the rule is not valid */
export function routeOf(method: DescMethod, rule: HttpRule): CatalogueRoute {
  const pattern = readField(patternField(rule), () => {
    const { httpMethod, path } = patternOf(rule);
    const parsed = parseTemplate(path);
    const variables = parsed.variables.map(({ field }) => variableFields(method.input, field));
    return { httpMethod, path, template: withFields(parsed, variables), variables };
  });
  const body = readField(ruleFields.body, () => bodyOf(rule, pattern.httpMethod, method.input));
  if (body !== "*") readField(patternField(rule), () => checkFillable(method.input));
  const responseBody = readField(ruleFields.responseBody, () => responseBodyOf(rule, method.output));
  return { method, ...pattern, body, responseBody };
}
