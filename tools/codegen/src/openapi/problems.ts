import type { DescEnum } from "@bufbuild/protobuf";
import { type CatalogueReason, reasonsOf } from "../catalogue/error.ts";
import type { MeshOptions } from "../catalogue/options.ts";
import type { JsonSchema } from "../json-schema/schema.ts";

/** The media type of errors. Source: RFC 9457 */
export const problemType = "application/problem+json";

/** What all references begin with. */
export const componentBase = "#/components/schemas/";

/** The name of the schema of any problem. */
export const problemName = "rfc9457.Problem";

/** What any error looks like. */
export const problemSchema: JsonSchema = {
  title: "Problem",
  description: "An error, as RFC 9457 has it, with what the mesh knows of it.",
  type: "object",
  properties: {
    type: {
      type: "string",
      format: "uri-reference",
      description: "Stable: `urn:mesh:error:` and the declared reason; `about:blank`: no more than the status says.",
    },
    title: { type: "string", description: "The same for all problems of one type." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "For developers." },
    instance: { type: "string", format: "uri-reference", description: "Finds the cause in the logs." },
    code: { type: "string", description: "The canonical code of gRPC, such as `FAILED_PRECONDITION`." },
    reason: { type: "string", description: "What the contract declares, such as `OUT_OF_STOCK`." },
    domain: { type: "string", description: "The enum that declares the reason." },
    metadata: { type: "object", additionalProperties: { type: "string" }, description: "What comes with the reason." },
    violations: {
      type: "array",
      description: "The fields of the request that break a rule.",
      items: {
        type: "object",
        properties: {
          field: { type: "string", description: "Where it is, in the .proto's names: `items[0].quantity`." },
          description: { type: "string", description: "What is wrong with it, for developers." },
          rule: { type: "string", description: "The id of the rule, such as `int32.gte`; empty: none." },
        },
        required: ["field", "description", "rule"],
      },
    },
    retryAfterMs: {
      type: "integer",
      minimum: 0,
      description: "How long to wait before trying again; the header Retry-After says it in seconds.",
    },
  },
  required: ["type", "title", "status", "detail"],
};

/** The HTTP status of each canonical code. Source: google/rpc/code.proto */
const statuses: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  UNAUTHENTICATED: 401,
};

/** A reason that a method may answer with, as a problem. */
export interface DeclaredProblem {
  readonly status: number;
  readonly reason: string;
  /** The name of its schema. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly example: JsonSchema;
}

/** The problems that an error enum declares. */
export function declaredProblems(desc: DescEnum, options: MeshOptions): DeclaredProblem[] {
  return reasonsOf(desc, options).map((reason) => declaredProblem(desc, reason));
}

function declaredProblem(
  desc: DescEnum,
  { reason, code, metadata: keys, description }: CatalogueReason,
): DeclaredProblem {
  const domain = desc.typeName;
  // Source of the exception: draft-ietf-httpapi-idempotency-key-header, 2.7
  const status = reason === "IDEMPOTENCY_CONFLICT" ? 422 : (statuses[code] ?? 500);
  const facts = { type: `urn:mesh:error:${domain}:${reason}`, title: description, status, code, reason, domain };
  const metadata = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
  const fixed = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, fixedTo(value)]));
  const own = keys.length === 0 ? {} : { metadata: { type: "object", properties: metadata, required: keys } };
  const properties = { ...fixed, detail: { type: "string", description: "For developers." }, ...own };
  return {
    status,
    reason,
    name: `${domain}.${reason}`,
    // Spelt out: of a reference with something beside it many tools read the reference alone.
    schema: { title: reason, description, type: "object", properties, required: Object.keys(properties) },
    example: {
      ...facts,
      detail: description,
      ...(keys.length > 0 && { metadata: Object.fromEntries(keys.map((key) => [key, key])) }),
    },
  };
}

function fixedTo(value: string | number): JsonSchema {
  return { type: typeof value === "number" ? "integer" : "string", const: value };
}
