import { type DescField, type DescFile, type DescMessage, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { acceptableTypes } from "@mesh/contracts/media-type";
import { fieldKey } from "../names.ts";
import type { Problem } from "../problem.ts";
import { type CatalogueRoute, routesOf } from "./http.ts";
import { idempotencyOf } from "./method.ts";
import { type DownloadOption, type MeshOptions, optionPaths, type UploadOption } from "./options.ts";

/** The largest file that a contract may accept, in bytes: 1 TiB. */
const maxFileBytes = 2n ** 40n;

/** A field in TypeScript: `message[oneof].value` if its `$case` is the key. */
interface Step {
  readonly key: string;
  readonly oneof?: string;
}

/** Returns how clients send a file to a method; undefined if they do not, or if `checkFiles` reports that the option is wrong. */
export function uploadOf(method: DescMethod, options: MeshOptions) {
  const option = options.method(method)?.gateway?.upload;
  const [route] = routesOf(method, options);
  if (!option || !route || uploadProblem(method, option, options)) return undefined;
  const { contentType, size, accept } = option;
  // A problem says that the body is a field.
  const chunk = stepOf(route.body as DescField);
  return { chunk, contentType, size, maxBytes: Number(option.maxBytes), accept };
}

/** Returns how clients get a file from a method; undefined as above. */
export function downloadOf(method: DescMethod, options: MeshOptions) {
  const option = options.method(method)?.gateway?.download;
  const [route] = routesOf(method, options);
  if (!option || !route?.responseBody || downloadProblem(method, option, options)) return undefined;
  const steps = (path: string) => fieldsOf(method.output, path).map(stepOf);
  return {
    chunk: stepOf(route.responseBody),
    contentType: steps(option.contentType),
    size: steps(option.size),
    etag: steps(option.etag),
    offset: option.offset,
    limit: option.limit,
    immutable: option.immutable,
  };
}

/** Checks the options `upload` and `download` of all methods. */
export function checkFiles(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    const { upload, download } = options.method(method)?.gateway ?? {};
    const ofUpload = upload && uploadProblem(method, upload, options);
    if (ofUpload) problems.push({ desc: method, text: `upload: ${ofUpload}`, option: optionPaths.methodUpload });
    const ofDownload = download && downloadProblem(method, download, options);
    if (ofDownload)
      problems.push({ desc: method, text: `download: ${ofDownload}`, option: optionPaths.methodDownload });
  }
}

function uploadProblem(
  method: DescMethod,
  { contentType, size, maxBytes, accept }: UploadOption,
  options: MeshOptions,
): string | undefined {
  if (method.methodKind !== "client_streaming")
    return `${method.name} must stream its requests, and return one response`;
  const owner = options.method(method)?.owner;
  if (owner) return `${method.name} has owner, which the gateway can't check in a stream of requests: remove owner`;
  const wrong = routesOf(method, options).find(({ httpMethod, body }) => !sends(httpMethod) || !isBytes(body));
  const [route] = routesOf(method, options);
  const form = `(google.api.http) = {put: "/v1/…" body: "…"}, with a field of ${method.input.name} of the type bytes`;
  if (!route) return `${method.name} has no route: add ${form}`;
  if (wrong) return `${wrong.httpMethod} ${wrong.path} has no put or post with a body of bytes: write ${form}`;
  if (isDivided(routesOf(method, options), ({ body }) => body)) return `the routes of ${method.name} differ in body`;
  if (!isText(method.input, contentType)) return fieldProblem("content_type", method.input, contentType, "string");
  if (size !== "" && !isInteger(method.input, size)) return fieldProblem("size", method.input, size, "int64");
  if (maxBytes < 1n || maxBytes > maxFileBytes) return `max_bytes must be from 1 to ${maxFileBytes}, got ${maxBytes}`;
  const unknown = accept.find((type) => !acceptableTypes.includes(type));
  if (accept.length > 0 && unknown === undefined) return undefined;
  const got =
    unknown === undefined
      ? "accept is empty"
      : `the first bytes of a file do not show whether it is ${JSON.stringify(unknown)}`;
  return `${got}: use some of ${acceptableTypes.join(", ")}`;
}

function downloadProblem(
  method: DescMethod,
  { contentType, size, etag, offset, limit }: DownloadOption,
  options: MeshOptions,
): string | undefined {
  if (method.methodKind !== "server_streaming" || idempotencyOf(method) !== "no_side_effects") {
    return `${method.name} must stream its responses and be NO_SIDE_EFFECTS`;
  }
  const more = options.method(method);
  const other = more?.resume ? "resume" : more?.share ? "share" : more?.owner?.response ? "owner.response" : undefined;
  if (other) return `${method.name} has ${other}, which a part of a file has no field for: remove it`;
  const routes = routesOf(method, options);
  const wrong = routes.find(({ httpMethod, responseBody }) => httpMethod !== "GET" || !isBytes(responseBody));
  const form = `(google.api.http) = {get: "/v1/…" response_body: "…"}, with a field of ${method.output.name} of the type bytes`;
  if (routes.length === 0) return `${method.name} has no route: add ${form}`;
  if (wrong) return `${wrong.httpMethod} ${wrong.path} has no get with a response_body of bytes: write ${form}`;
  if (isDivided(routes, ({ responseBody }) => responseBody))
    return `the routes of ${method.name} differ in response_body`;
  if (!isText(method.output, contentType)) return fieldProblem("content_type", method.output, contentType, "string");
  if (!isInteger(method.output, size)) return fieldProblem("size", method.output, size, "int64");
  if (!isText(method.output, etag)) return fieldProblem("etag", method.output, etag, "string");
  if (offset === "" && limit === "") return undefined;
  if (!isInteger(method.input, offset)) return fieldProblem("offset", method.input, offset, "int64");
  if (!isInteger(method.input, limit)) return fieldProblem("limit", method.input, limit, "int64");
  return undefined;
}

function fieldProblem(what: string, message: DescMessage, path: string, type: string): string {
  return `${what}: ${message.name} has no singular field ${JSON.stringify(path)} of the type ${type}`;
}

function sends(httpMethod: string): boolean {
  return httpMethod === "PUT" || httpMethod === "POST";
}

function isBytes(field: CatalogueRoute["body"]): field is DescField {
  return typeof field === "object" && field.fieldKind === "scalar" && field.scalar === ScalarType.BYTES;
}

function isDivided(routes: readonly CatalogueRoute[], fieldOf: (route: CatalogueRoute) => unknown): boolean {
  return new Set(routes.map(fieldOf)).size > 1;
}

function isText(message: DescMessage, path: string): boolean {
  return fieldsOf(message, path).at(-1)?.scalar === ScalarType.STRING;
}

const integers: readonly (ScalarType | undefined)[] = [ScalarType.INT64, ScalarType.SINT64, ScalarType.SFIXED64];

function isInteger(message: DescMessage, path: string): boolean {
  return integers.includes(fieldsOf(message, path).at(-1)?.scalar);
}

/** Returns the singular fields of a path, which may be in a oneof; none if there is no such path. */
function fieldsOf(message: DescMessage, path: string): DescField[] {
  const fields: DescField[] = [];
  let scope: DescMessage | undefined = message;
  for (const name of path.split(".")) {
    const field: DescField | undefined = scope?.fields.find((one) => one.name === name);
    if (!field || field.fieldKind === "list" || field.fieldKind === "map") return [];
    fields.push(field);
    scope = field.fieldKind === "message" ? field.message : undefined;
  }
  return fields;
}

function stepOf(field: DescField): Step {
  const key = fieldKey(field);
  return field.oneof ? { key, oneof: fieldKey(field.oneof) } : { key };
}
