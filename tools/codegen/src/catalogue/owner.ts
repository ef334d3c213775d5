import {
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  ScalarType,
} from "@bufbuild/protobuf";
import { fieldKey } from "../names.ts";
import type { Problem } from "../problem.ts";
import { type CatalogueReason, reasonsOf } from "./error.ts";
import { errorEnumOf, idempotencyOf, scopeList } from "./method.ts";
import { type MeshOptions, type OwnerOption, optionPaths } from "./options.ts";
import { singularPath } from "./resume.ts";

/** The owner of what a method takes or returns, by names in TypeScript. */
export interface CatalogueOwner {
  readonly request?: readonly string[];
  readonly response?: readonly string[];
  readonly unless?: string;
  /** The error for objects of others; absent: NOT_FOUND without a reason. */
  readonly notFound?: NotFound;
}

interface NotFound {
  readonly errors: DescEnum;
  readonly reason: CatalogueReason;
  /** The fields of the request that are its metadata, by their keys. */
  readonly metadata: readonly (readonly [key: string, field: string])[];
}

/** Returns the owner of a method; undefined if it has none, or if `checkOwners` reports that the option is wrong. */
export function ownerOf(
  method: DescMethod,
  files: readonly DescFile[],
  options: MeshOptions,
): CatalogueOwner | undefined {
  const option = options.method(method)?.owner;
  if (!option || problemOf(method, option, files, options)) return undefined;
  const keys = (message: DescMessage, path: string) => singularPath(message, path).map(fieldKey);
  const notFound = option.response === "" ? undefined : notFoundOf(method, option, files, options);
  return {
    ...(option.request !== "" && { request: keys(method.input, option.request) }),
    ...(option.response !== "" && { response: keys(method.output, option.response) }),
    ...(option.unless !== "" && { unless: option.unless }),
    ...(typeof notFound === "object" && { notFound }),
  };
}

/** Checks the option `owner` of all methods. */
export function checkOwners(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    const option = options.method(method)?.owner;
    const text = option && problemOf(method, option, files, options);
    if (text) problems.push({ desc: method, text: `owner: ${text}`, option: optionPaths.methodOwner });
  }
}

function problemOf(
  method: DescMethod,
  option: OwnerOption,
  files: readonly DescFile[],
  options: MeshOptions,
): string | undefined {
  const { request, response, unless, reason } = option;
  if (request === "" && response === "") return 'set request or response, such as response: "order.customer_id"';
  const fields = [
    request === "" ? undefined : fieldProblem(method.input, request),
    response === "" ? undefined : fieldProblem(method.output, response),
  ];
  const wrong = fields.find((text) => text !== undefined);
  if (wrong !== undefined) return wrong;
  if (scopeList(unless).length > 1) return `unless: ${JSON.stringify(unless)} has several scopes: use one`;
  const { cache, share } = options.method(method) ?? {};
  if (share) return "a stream that all subscribers share can't have an owner: remove share";
  if (cache && !cache.perUser) return "responses that are kept for all users can't have an owner: set cache.per_user";
  if (response === "") return reason === "" ? undefined : "reason is only for response: remove it";
  if (idempotencyOf(method) !== "no_side_effects") {
    return `response is checked after ${method.name} has run, so it must be NO_SIDE_EFFECTS: use request, or check it in the service`;
  }
  const notFound = notFoundOf(method, option, files, options);
  return typeof notFound === "string" ? notFound : undefined;
}

function fieldProblem(message: DescMessage, path: string): string | undefined {
  const field = singularPath(message, path).at(-1);
  if (!field) return `${message.name} has no singular field ${JSON.stringify(path)}`;
  if (field.fieldKind === "scalar" && field.scalar === ScalarType.STRING) return undefined;
  return `${path} of ${message.name} must be a string, the id of a customer`;
}

/** Returns the error for objects of others, what is wrong with it as a text, or undefined: the method declares none. */
function notFoundOf(
  method: DescMethod,
  { reason: wanted }: OwnerOption,
  files: readonly DescFile[],
  options: MeshOptions,
): NotFound | string | undefined {
  const errors = errorEnumOf(method, files, options);
  const declared = errors ? reasonsOf(errors, options).filter(({ code }) => code === "NOT_FOUND") : [];
  const [found, other] = wanted === "" ? declared : declared.filter(({ reason }) => reason === wanted);
  if (!errors || !found) {
    return wanted === "" ? undefined : `${JSON.stringify(wanted)} is no reason of ${method.name} with CODE_NOT_FOUND`;
  }
  if (other)
    return `${errors.name} has several reasons with CODE_NOT_FOUND: set reason: ${JSON.stringify(found.reason)}, or another`;
  const metadata = found.metadata.map(({ key }) => [key, requestField(method.input, key)?.name] as const);
  const [missing] = metadata.find(([, field]) => field === undefined) ?? [];
  if (missing !== undefined)
    return `${found.reason} has the metadata ${missing}, which ${method.input.name} has not: add the field`;
  return {
    errors,
    reason: found,
    metadata: metadata.map(([key]) => [key, fieldKey(requestField(method.input, key) as DescField)]),
  };
}

/** Returns the field of a request for a key of metadata: `orderId` is `order_id`, or else `id`. */
function requestField({ fields }: DescMessage, key: string): DescField | undefined {
  const scalars = fields.filter(({ fieldKind, oneof }) => fieldKind === "scalar" && !oneof);
  const own = scalars.find((field) => fieldKey(field) === key);
  return own ?? (key.endsWith("Id") ? scalars.find(({ name }) => name === "id") : undefined);
}
