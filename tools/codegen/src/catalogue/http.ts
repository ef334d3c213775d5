import { type DescField, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { RouteError, readField } from "./http-error.ts";
import {
  bodyOf,
  type HttpRule,
  patternField,
  patternOf,
  responseBodyOf,
  ruleFields,
  variableFields,
} from "./http-rule.ts";
import { type PathTemplate, parseTemplate } from "./http-template.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** A route of a method: an HTTP method and a path that google.api.http gives it. */
export interface CatalogueRoute {
  readonly method: DescMethod;
  /** `GET`; `*`: any that no other route has for the path. */
  readonly httpMethod: string;
  /** As in the .proto: `/v1/orders/{id}:cancel`. */
  readonly path: string;
  readonly template: PathTemplate;
  /** The fields that lead to what each variable of the template fills, in the order of those. */
  readonly variables: readonly (readonly DescField[])[];
  /** The field that the body fills; `*`: all that the path does not; undefined: there is no body. */
  readonly body: DescField | "*" | undefined;
  /** The field of the response that is answered; undefined: all of it. */
  readonly responseBody: DescField | undefined;
}

/** One HttpRule as it is written: the method's own, or one of its additional_bindings. */
export interface Binding {
  readonly rule: HttpRule;
  /** Where it stands in the options of the method, by field numbers. */
  readonly option: readonly number[];
}

/** What google.api.http says of a method, its own rule first. */
export function bindingsOf(method: DescMethod, options: MeshOptions): Binding[] {
  const rule = options.http(method);
  if (!rule) return [];
  const added = rule.additionalBindings.map((more, index) => {
    return { rule: more, option: [...optionPaths.http, ruleFields.additionalBindings, index] };
  });
  return [{ rule, option: optionPaths.http }, ...added];
}

/** The routes of a method, none if the gateway does not expose it; what is wrong with them `checkRoutes` says. */
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

/** What a field is called that tells one try of a call from another. Source of the first: https://google.aip.dev/155 */
const idempotencyKeys = ["request_id", "idempotency_key"];

/** The field of a method's request that the header Idempotency-Key fills: a text by one of these names. */
export function idempotencyKeyOf({ input }: DescMethod): DescField | undefined {
  return input.fields.find(({ name, scalar, fieldKind }) => {
    return idempotencyKeys.includes(name) && fieldKind === "scalar" && scalar === ScalarType.STRING;
  });
}

/** Makes a route of one rule. @throws RouteError where it is none */
export function routeOf(method: DescMethod, rule: HttpRule): CatalogueRoute {
  const pattern = readField(patternField(rule), () => {
    const { httpMethod, path } = patternOf(rule);
    const template = parseTemplate(path);
    return {
      httpMethod,
      path,
      template,
      variables: template.variables.map(({ field }) => variableFields(method.input, field)),
    };
  });
  const body = readField(ruleFields.body, () => bodyOf(rule, pattern.httpMethod, method.input));
  const responseBody = readField(ruleFields.responseBody, () => responseBodyOf(rule, method.output));
  return { method, ...pattern, body, responseBody };
}
