import type { DescEnum } from "@bufbuild/protobuf";
import { httpStatusOf } from "@mesh/contracts/http-status";
import { type CatalogueReason, type MetadataField, reasonsOf } from "../catalogue/error.ts";
import type { MeshOptions } from "../catalogue/options.ts";
import type { JsonSchema } from "../json-schema/schema.ts";

/** The media type of errors. Source: RFC 9457 */
export const problemType = "application/problem+json";

/** The start of all references. */
export const componentBase = "#/components/schemas/";

/** The name of the schema of any problem. */
export const problemName = "rfc9457.Problem";

/** The schema of all errors. */
export const problemSchema: JsonSchema = {
  title: "Problem",
  description: "An error in the form of RFC 9457, with the attributes of the mesh.",
  type: "object",
  properties: {
    type: {
      type: "string",
      format: "uri-reference",
      description: "Stable: `urn:mesh:error:` and the declared reason, or `about:blank` if only the status is known.",
    },
    title: { type: "string", description: "The same for all problems of one type." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "For developers." },
    instance: { type: "string", format: "uri-reference", description: "Finds the cause in the logs." },
    code: { type: "string", description: "The canonical code of gRPC, such as `FAILED_PRECONDITION`." },
    reason: { type: "string", description: "The reason that the contract declares, such as `OUT_OF_STOCK`." },
    domain: { type: "string", description: "The enum that declares the reason." },
    metadata: {
      type: "object",
      additionalProperties: { type: ["string", "number", "boolean"] },
      description: "The values of the reason.",
    },
    violations: {
      type: "array",
      description: "The fields of the request that break a rule.",
      items: {
        type: "object",
        properties: {
          field: { type: "string", description: "Its path, in the names of the .proto: `items[0].quantity`." },
          description: { type: "string", description: "The problem, for developers." },
          rule: { type: "string", description: "The id of the rule, such as `int32.gte`; empty if there is none." },
          rulePath: {
            type: "string",
            description: "The path of the rule in the options of the field, if it differs from `rule`: `cel[0]`.",
          },
          forKey: { type: "boolean", description: "True if the key of a map entry breaks the rule, not its value." },
        },
        required: ["field", "description", "rule"],
      },
    },
    retryAfterMs: {
      type: "integer",
      minimum: 0,
      description: "The time to wait before the next try; the header Retry-After contains it in seconds.",
    },
  },
  required: ["type", "title", "status", "detail"],
};

/** A declared reason of a method, as a problem. */
export interface DeclaredProblem {
  readonly status: number;
  readonly reason: string;
  /** The name of its schema. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly example: JsonSchema;
}

/** Returns the problems that an error enum declares. */
export function declaredProblems(desc: DescEnum, options: MeshOptions): DeclaredProblem[] {
  return reasonsOf(desc, options).map((reason) => declaredProblem(desc, reason));
}

function declaredProblem(
  desc: DescEnum,
  { reason, code, metadata: fields, description }: CatalogueReason,
): DeclaredProblem {
  const domain = desc.typeName;
  const status = httpStatusOf(code, reason);
  const attributes = { type: `urn:mesh:error:${domain}:${reason}`, title: description, status, code, reason, domain };
  const keys = fields.map(({ key }) => key);
  const metadata = Object.fromEntries(fields.map((field) => [field.key, metadataSchema(field)]));
  const fixed = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, fixedTo(value)]));
  const own = keys.length === 0 ? {} : { metadata: { type: "object", properties: metadata, required: keys } };
  const properties = { ...fixed, detail: { type: "string", description: "For developers." }, ...own };
  return {
    status,
    reason,
    name: `${domain}.${reason}`,
    // Written out, because many tools ignore keywords beside a reference.
    schema: { title: reason, description, type: "object", properties, required: Object.keys(properties) },
    example: {
      ...attributes,
      detail: description,
      ...(keys.length > 0 && {
        metadata: Object.fromEntries(fields.map((field) => [field.key, metadataExample(field)])),
      }),
    },
  };
}

/** Returns the schema of a value of the metadata: 64-bit integers, NaN and the infinities are strings, as in protobuf's JSON. */
function metadataSchema({ scalar, type }: MetadataField): JsonSchema {
  switch (type) {
    case "boolean":
      return { type };
    case "number":
      if (scalar !== "double") return { type: "integer", format: scalar };
      return { anyOf: [{ type: "number", format: scalar }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
    case "bigint":
      return { type: "string", format: scalar };
    case "string":
      return { type };
    default:
      return type satisfies never;
  }
}

function metadataExample({ key, type }: MetadataField): string | number | boolean {
  const examples = { string: key, number: 1, bigint: "1", boolean: true };
  return examples[type];
}

function fixedTo(value: string | number): JsonSchema {
  return { type: typeof value === "number" ? "integer" : "string", const: value };
}
