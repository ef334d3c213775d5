import { METHODS } from "node:http";
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isSpecial, isTextual } from "../json-schema/well-known.ts";
import { wrapped } from "../schema/element.ts";
import { RouteError } from "./http-error.ts";
import type { HttpRule } from "./options.ts";

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

/** Methods that a rule can't have, with the reason. */
const kept = new Map([
  ["OPTIONS", "which the gateway answers itself"],
  ["CONNECT", "which is for proxies"],
  ["TRACE", "which would show cookies to scripts"],
]);
/** Methods whose body has no meaning. Source: RFC 9110, 9.3.1, 9.3.2 and 9.3.5 */
const bodiless = new Set(["GET", "HEAD", "DELETE"]);

/** Returns the HTTP method and the path of a rule. @throws RouteError if it has none */
export function patternOf({ pattern }: HttpRule): { httpMethod: string; path: string } {
  if (pattern.case === undefined) throw new RouteError("the route has no path: add get, post, put, patch or delete");
  if (pattern.case !== "custom") return { httpMethod: pattern.case.toUpperCase(), path: pattern.value };
  const { kind, path } = pattern.value;
  const problem = kindProblem(kind);
  if (problem === undefined) return { httpMethod: kind, path };
  throw new RouteError(`a route can't be for the HTTP method ${JSON.stringify(kind)}${problem}`);
}

function kindProblem(kind: string): string | undefined {
  const fix = "write one such as HEAD, or *";
  const reason = kept.get(kind.toUpperCase());
  if (reason) return `, ${reason}: ${fix}`;
  if (kind === "*" || METHODS.includes(kind)) return undefined;
  return METHODS.includes(kind.toUpperCase()) ? `: write ${kind.toUpperCase()}` : `, which Node does not know: ${fix}`;
}

/** Returns the field that the body of a request fills. @throws RouteError if there is no such field */
export function bodyOf({ body }: HttpRule, httpMethod: string, input: DescMessage): DescField | "*" | undefined {
  if (body === "") return undefined;
  if (bodiless.has(httpMethod)) {
    const reason = "because HTTP gives it no meaning there";
    throw new RouteError(`${httpMethod} can't have a body, ${reason}: remove body, or use post`);
  }
  return body === "*" ? body : topLevelField(input, body, "body", 'use "*"');
}

/** Checks that a request can be made without a body of its own. @throws RouteError if its JSON is not an object */
export function checkFillable(input: DescMessage): void {
  if (!isSpecial(input) || objects.has(input.typeName)) return;
  throw new RouteError(
    `neither path nor query can fill a ${input.typeName}: use post with body: "*", or a request of your own`,
  );
}

/** The messages of google.protobuf that have a form of their own in JSON, of which `{}` is one. */
const objects = new Set(["Any", "Struct", "Value"].map((name) => `google.protobuf.${name}`));

/** Returns the field of the response that is sent. @throws RouteError if there is no such field */
export function responseBodyOf({ responseBody = "" }: HttpRule, output: DescMessage): DescField | undefined {
  return responseBody === "" ? undefined : topLevelField(output, responseBody, "response_body", "leave it out");
}

/** Returns the path of fields that a variable fills. @throws RouteError if a field does not exist or can't be filled */
export function variableFields(message: DescMessage, path: string): DescField[] {
  const fields: DescField[] = [];
  let inside: DescMessage | undefined = message;
  for (const name of path.split(".")) {
    if (!inside) throw new RouteError(`{${path}} looks for ${name} in a field that is not a message`);
    const field: DescField = fieldOf(inside, name, `{${path}}`);
    const isWhole = fields.length > 0 && wrapped(inside) !== undefined;
    if (isSpecial(inside) && !isWhole) throw new RouteError(partProblem(inside, path, fields));
    if (field.fieldKind === "list" || field.fieldKind === "map") {
      throw new RouteError(`{${path}} can't fill ${name}, which is repeated: use a single field`);
    }
    // The value of a wrapper is the whole of it, in JSON and in TypeScript.
    if (!isWhole) fields.push(field);
    inside = field.fieldKind === "message" ? field.message : undefined;
  }
  const last = fields.at(-1);
  if (!inside || (last && isTextual(last))) return fields;
  if (isSpecial(inside)) throw new RouteError(`{${path}} can't fill a ${inside.typeName}: use a field of another type`);
  throw new RouteError(`{${path}} can't fill a message: name a field of it, such as ${path}.${fillableIn(inside)}`);
}

function partProblem(message: DescMessage, path: string, fields: readonly DescField[]): string {
  const problem = `{${path}} can't fill a part of a ${message.typeName}`;
  const last = fields.at(-1);
  if (!last) return `${problem}: use a request of your own`;
  const whole = fields.map(({ name }) => name).join(".");
  return isTextual(last)
    ? `${problem}, which is one text in JSON: write {${whole}}`
    : `${problem}: use a field of another type`;
}

function fillableIn({ fields }: DescMessage): string {
  return fields.find((field) => field.fieldKind !== "list" && isTextual(field))?.name ?? "id";
}

/** @param fix the remedy if the message has no fields in JSON */
function topLevelField(message: DescMessage, name: string, what: string, fix: string): DescField {
  if (isSpecial(message)) {
    throw new RouteError(`${what} ${JSON.stringify(name)} can't be a part of a ${message.typeName}: ${fix}`);
  }
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
