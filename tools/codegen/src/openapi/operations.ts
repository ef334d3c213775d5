import type { DescField } from "@bufbuild/protobuf";
import type { CatalogueRoute } from "../catalogue/http.ts";
import { errorEnumOf, scopesOf } from "../catalogue/method.ts";
import { descriptionOf } from "../comment.ts";
import type { Definitions } from "../json-schema/definitions.ts";
import type { Generation } from "../plugin/generation.ts";
import { exampleOf } from "./example.ts";
import { clean, parametersOf } from "./parameters.ts";
import type { ApiPath } from "./paths.ts";
import { type DeclaredProblem, declaredProblems } from "./problems.ts";
import { requestBodyOf } from "./request-body.ts";
import { responsesOf } from "./responses.ts";

/** How callers are known. */
export const securityName = "customer";

/** What names an operation has in a document. */
export interface OperationNames {
  readonly operationId: string;
  readonly tag: string;
}

/** One operation of a document. */
export function operationOf(
  route: CatalogueRoute,
  path: ApiPath,
  { operationId, tag }: OperationNames,
  { definitions, generation }: { definitions: Definitions; generation: Generation },
) {
  const { method } = route;
  const { validator, options } = generation;
  const request = exampleOf(method.input, saidBy(route), definitions, validator);
  const response = exampleOf(method.output, "most", definitions, validator);
  const scopes = scopesOf(method, options);
  const parameters = parametersOf(route, path, definitions, request);
  const { summary, description } = aboutOf(descriptionOf(method));
  return clean({
    tags: [tag],
    operationId,
    summary,
    description,
    deprecated: method.deprecated || undefined,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: requestBodyOf(route, definitions, request),
    responses: responsesOf(route, problemsOf(route, generation), scopes, definitions, response),
    security: [{ [securityName]: scopes }],
  });
}

/** The fields that a request of a route says in its path and its body. */
function saidBy({ variables, body }: CatalogueRoute): DescField[] {
  return [...variables.flat(), ...(body === undefined || body === "*" ? [] : [body])];
}

/** The problems that a route's method declares. */
export function problemsOf({ method }: CatalogueRoute, { files, options }: Generation): DeclaredProblem[] {
  const errors = errorEnumOf(method, files, options);
  return errors ? declaredProblems(errors, options) : [];
}

/** What comes before the first full stop, colon or the like sums a comment up. */
function aboutOf(comment: string): { summary: string; description: string } {
  const [summary = ""] = comment.split(/[.:;!?](?:\s|$)/, 1);
  const line = summary.replaceAll(/\s*\n\s*/g, " ");
  return { summary: line, description: comment.length <= summary.length + 1 ? "" : comment };
}
