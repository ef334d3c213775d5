import type { DescField } from "@bufbuild/protobuf";
import { downloadOf, uploadOf } from "../catalogue/files.ts";
import type { CatalogueRoute } from "../catalogue/http.ts";
import { errorEnumOf, scopesOf } from "../catalogue/method.ts";
import { rateLimitOf } from "../catalogue/rate-limit.ts";
import { resumeOf } from "../catalogue/resume.ts";
import { descriptionOf } from "../comment.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { Generation } from "../plugin/generation.ts";
import { exampleOf } from "./example.ts";
import { downloadResponses, fileParameters, ownFieldsOf, uploadResponses } from "./file-operations.ts";
import { clean, parametersOf } from "./parameters.ts";
import type { ApiPath } from "./paths.ts";
import { type DeclaredProblem, declaredProblems } from "./problems.ts";
import { withRateLimit } from "./rate-limit.ts";
import { requestBodyOf } from "./request-body.ts";
import { responsesOf } from "./responses.ts";

/** The name of the security scheme that identifies callers. */
export const securityName = "customer";

/** The names of an operation in a document. */
export interface OperationNames {
  readonly operationId: string;
  readonly tag: string;
}

/** The schemas of what the gateway reads, and of what it writes. */
export interface RouteDefinitions {
  readonly requests: Definitions;
  readonly responses: Definitions;
}

/** Returns an operation of a document. */
export function operationOf(
  route: CatalogueRoute,
  path: ApiPath,
  { operationId, tag }: OperationNames,
  { requests, responses }: RouteDefinitions,
  generation: Generation,
) {
  const { method } = route;
  const { validator, options } = generation;
  const request = exampleOf(method.input, saidBy(route), requests, validator);
  const response = exampleOf(method.output, "most", responses, validator);
  const scopes = scopesOf(method, options);
  const isTracked = resumeOf(method, options) !== undefined;
  const isSet = (name: string) => ownFieldsOf(method, options).includes(name);
  const ofMessages = parametersOf(route, isTracked, path, requests, request);
  const parameters = [...ofMessages.filter(({ name }) => !isSet(String(name))), ...fileParameters(method, options)];
  const { summary, description } = aboutOf(descriptionOf(method));
  const [upload, download] = [uploadOf(method, options), downloadOf(method, options)];
  const possible = {
    ...responsesOf(route, isTracked, problemsOf(route, generation), scopes, responses, response),
    ...(upload && uploadResponses(upload)),
    ...(download && downloadResponses(download)),
  };
  return clean({
    tags: [tag],
    operationId,
    summary,
    description,
    deprecated: method.deprecated || undefined,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: requestBodyOf(route, requests, request, upload),
    responses: rateLimitOf(method, options) ? withRateLimit(possible) : possible,
    security: [{ [securityName]: scopes }],
  });
}

/** Returns the fields that the path and the body of a route fill. */
function saidBy({ variables, body }: CatalogueRoute): DescField[] {
  return [...variables.flat(), ...(body === undefined || body === "*" ? [] : [body])];
}

/** Returns the problems that the method of a route declares. */
export function problemsOf({ method }: CatalogueRoute, { files, options }: Generation): DeclaredProblem[] {
  const errors = errorEnumOf(method, files, options);
  return errors ? declaredProblems(errors, options) : [];
}

/** Splits a comment: the summary ends before the first full stop, colon or the like. */
export function aboutOf(comment: string): { summary: string; description: string } {
  const [summary = ""] = comment.split(/[.:;!?](?:\s|$)/, 1);
  const line = summary.replaceAll(/\s*\n\s*/g, " ");
  return { summary: line, description: comment.length <= summary.length + 1 ? "" : comment };
}
