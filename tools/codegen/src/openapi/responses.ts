import type { CatalogueRoute } from "../catalogue/http.ts";
import { descriptionOf } from "../comment.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { JsonSchema } from "../json-schema/schema.ts";
import { valueAt } from "./parameters.ts";
import { componentBase, type DeclaredProblem, problemName, problemType } from "./problems.ts";

type Responses = Readonly<Record<string, object>>;

/** The schema of a reference to any problem. */
export const anyProblem: JsonSchema = { $ref: componentBase + problemName };

interface CommonProblem {
  readonly description: string;
  readonly example: JsonSchema;
}

/** Returns the problems that any method may have, by status. */
function commonProblems(scopes: readonly string[]): Readonly<Record<string, CommonProblem>> {
  const needed = scopes.map((scope) => `\`${scope}\``).join(" and ");
  const violation = { field: "id", description: "must be a UUID", rule: "string.uuid" };
  const detail = `${violation.field}: ${violation.description}`;
  const missing = `this needs the scope ${scopes.join(" and ")}`;
  return {
    "400": {
      description: "The request can't be read, or breaks a rule of the contract.",
      example: { ...plain(400, "Bad Request", detail, "INVALID_ARGUMENT"), violations: [violation] },
    },
    "401": {
      description: "The caller is not known.",
      example: plain(401, "Unauthorized", "a cookie was set now, call again", "UNAUTHENTICATED"),
    },
    ...(needed && {
      "403": {
        description: `The caller lacks the scope ${needed}.`,
        example: plain(403, "Forbidden", missing, "PERMISSION_DENIED"),
      },
    }),
  };
}

const incident = {
  ...plain(500, "Internal Server Error", "internal error (id 0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70)", "INTERNAL"),
  instance: "urn:mesh:incident:0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70",
};

/** Returns a problem without a declared reason. */
function plain(status: number, title: string, detail: string, code: string): JsonSchema {
  return { type: "about:blank", title, status, detail, code };
}

/**
 * Returns the responses of a route, by status.
 *
 * @param isTracked true if the messages of its stream have ids
 * @param example the example of the response
 */
export function responsesOf(
  route: CatalogueRoute,
  isTracked: boolean,
  problems: readonly DeclaredProblem[],
  scopes: readonly string[],
  definitions: Definitions,
  example: unknown,
): Responses {
  return { "200": success(route, isTracked, definitions, example), ...failuresOf(problems, scopes) };
}

/** Returns the failures of an operation, by status. */
export function failuresOf(problems: readonly DeclaredProblem[], scopes: readonly string[]): Responses {
  const common = commonProblems(scopes);
  const statuses = new Set([...Object.keys(common), ...problems.map(({ status }) => String(status))]);
  const failures = [...statuses].sort().map((status) => {
    const own = problems.filter((problem) => String(problem.status) === status);
    return [status, problemResponse(own, common[status])] as const;
  });
  const other = "Any other failure. An internal one has an `instance`, by which its cause is found in the logs.";
  return {
    ...Object.fromEntries(failures),
    default: { description: other, content: { [problemType]: { schema: anyProblem, example: incident } } },
  };
}

function success(route: CatalogueRoute, isTracked: boolean, definitions: Definitions, example: unknown) {
  const { method, responseBody } = route;
  const schema = responseBody ? definitions.property(responseBody) : definitions.reference(method.output);
  const shown = responseBody ? valueAt(example, [responseBody.jsonName]) : example;
  const description = descriptionOf(responseBody ?? method.output) || "Done.";
  if (method.methodKind === "server_streaming") {
    return { description, content: streamContent(schema, shown, isTracked) };
  }
  return { description, content: { "application/json": { schema, ...(shown !== undefined && { example: shown }) } } };
}

/**
 * Returns the content of a stream: a text of lines, each a JSON value. OpenAPI 3.1 has no keyword for the schema of a
 * line. `contentSchema` is that of JSON Schema for the content of a text, and `x-itemSchema` is `itemSchema` of OpenAPI
 * 3.2.
 */
function streamContent(message: JsonSchema, shown: unknown, isTracked: boolean) {
  const id = { type: "string", description: "Send it as Last-Event-ID to go on after this message." };
  const properties = { result: message, ...(isTracked && { id }) };
  const line = {
    description: "A message, or the error that ends the stream.",
    oneOf: [
      { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
      { type: "object", properties: { error: anyProblem }, required: ["error"], additionalProperties: false },
    ],
  };
  const schema = { type: "string", contentMediaType: "application/x-ndjson", contentSchema: line };
  const example =
    shown === undefined ? undefined : `${JSON.stringify({ result: shown, ...(isTracked && { id: "1" }) })}\n`;
  return { "application/x-ndjson": { schema, "x-itemSchema": line, ...(example !== undefined && { example }) } };
}

function problemResponse(own: readonly DeclaredProblem[], otherwise: CommonProblem | undefined) {
  const reasons = own.map(({ reason, schema }) => `- \`${reason}\`: ${schema.description}`);
  const description = [otherwise?.description, reasons.join("\n")].filter(Boolean).join("\n\n");
  const schema = problemChoice(own, otherwise !== undefined);
  const declared = Object.fromEntries(own.map(({ reason, example }) => [reason, { value: example }]));
  const examples = { ...declared, ...(otherwise && { undeclared: { value: otherwise.example } }) };
  return { description, content: { [problemType]: { schema, examples } } };
}

/** Returns the schema of a response. The reason distinguishes declared problems; other problems have none. */
function problemChoice(own: readonly DeclaredProblem[], mayBeOther: boolean): JsonSchema {
  if (own.length === 0) return anyProblem;
  const mapping = Object.fromEntries(own.map(({ reason, name }) => [reason, componentBase + name]));
  const declared = {
    oneOf: own.map(({ name }) => ({ $ref: componentBase + name })),
    discriminator: { propertyName: "reason", mapping },
  };
  return mayBeOther ? { anyOf: [declared, anyProblem] } : declared;
}
