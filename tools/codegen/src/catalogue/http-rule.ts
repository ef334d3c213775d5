import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { RouteError } from "./http-error.ts";

/** `(google.api.http)`, as protobuf-es reads it from the descriptor. */
export interface HttpRule {
  readonly selector: string;
  readonly pattern:
    | { readonly case: "get" | "put" | "post" | "delete" | "patch"; readonly value: string }
    | { readonly case: "custom"; readonly value: { readonly kind: string; readonly path: string } }
    | { readonly case: undefined };
  readonly body: string;
  /** Absent in older versions of http.proto. */
  readonly responseBody?: string;
  readonly additionalBindings: readonly HttpRule[];
}

/** The numbers of HttpRule's fields. Source: google/api/http.proto */
export const ruleFields = {
  selector: 1,
  ...{ get: 2, put: 3, post: 4, delete: 5, patch: 6, custom: 8 },
  body: 7,
  additionalBindings: 11,
  responseBody: 12,
} as const;

/** The number of the field that holds a rule's path. */
export function patternField({ pattern }: HttpRule): number {
  return ruleFields[pattern.case ?? "get"];
}

/** Methods that a rule can't have: the gateway handles OPTIONS itself, and HTTP reserves the others. */
const kept = new Set(["OPTIONS", "CONNECT", "TRACE"]);
/** Methods whose body has no meaning. Source: RFC 9110, 9.3.1, 9.3.2 and 9.3.5 */
const bodiless = new Set(["GET", "HEAD", "DELETE"]);

/** Returns the HTTP method and the path of a rule. @throws RouteError if it has none */
export function patternOf({ pattern }: HttpRule): { httpMethod: string; path: string } {
  if (pattern.case === undefined) throw new RouteError("the route has no path: add get, post, put, patch or delete");
  if (pattern.case !== "custom") return { httpMethod: pattern.case.toUpperCase(), path: pattern.value };
  const { kind, path } = pattern.value;
  if (!/^(\*|[A-Z][A-Z-]*)$/.test(kind) || kept.has(kind)) {
    throw new RouteError(`a route can't be for the HTTP method ${JSON.stringify(kind)}: write one such as HEAD, or *`);
  }
  return { httpMethod: kind, path };
}

/** Returns the field that the body of a request fills. @throws RouteError if there is no such field */
export function bodyOf({ body }: HttpRule, httpMethod: string, input: DescMessage): DescField | "*" | undefined {
  if (body === "") return undefined;
  if (bodiless.has(httpMethod)) throw new RouteError(`${httpMethod} has no body: remove body, or use post`);
  return body === "*" ? body : topLevelField(input, body, "body");
}

/** Returns the field of the response that is sent. @throws RouteError if there is no such field */
export function responseBodyOf({ responseBody = "" }: HttpRule, output: DescMessage): DescField | undefined {
  return responseBody === "" ? undefined : topLevelField(output, responseBody, "response_body");
}

/** Returns the path of fields that a variable fills. @throws RouteError if a field does not exist or can't be filled */
export function variableFields(message: DescMessage, path: string): DescField[] {
  let inside: DescMessage | undefined = message;
  const fields = path.split(".").map((name) => {
    if (!inside) throw new RouteError(`{${path}} looks for ${name} in a field that is not a message`);
    const field: DescField = fieldOf(inside, name, `{${path}}`);
    if (field.fieldKind === "list" || field.fieldKind === "map") {
      throw new RouteError(`{${path}} can't fill ${name}, which is repeated: use a single field`);
    }
    inside = field.fieldKind === "message" ? field.message : undefined;
    return field;
  });
  if (!inside) return fields;
  throw new RouteError(`{${path}} can't fill a message: name a field of it, such as ${path}.${firstField(inside)}`);
}

function firstField({ fields }: DescMessage): string {
  return fields[0]?.name ?? "id";
}

function topLevelField(message: DescMessage, name: string, what: string): DescField {
  if (/^\w+$/.test(name)) return fieldOf(message, name, `${what} ${JSON.stringify(name)}`);
  throw new RouteError(`${what} must be a field of ${message.name} itself, got ${JSON.stringify(name)}`);
}

function fieldOf(message: DescMessage, name: string, what: string): DescField {
  const field = message.fields.find((candidate) => candidate.name === name);
  if (field) return field;
  const names = message.fields.map((candidate) => candidate.name).join(", ");
  throw new RouteError(
    `${what} names no field of ${message.name}: use one of ${names || "its fields, once it has any"}`,
  );
}
