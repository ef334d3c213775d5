import { type DescField, type DescFile, type DescMessage, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { fieldKey } from "../names.ts";
import type { Problem } from "../problem.ts";
import { idempotencyOf } from "./method.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** The fields by which a stream of responses goes on, by their names in TypeScript. */
export interface CatalogueResume {
  /** The field of the request. */
  readonly request: string;
  /** The path to the field of the response. */
  readonly response: readonly string[];
}

/** The name by which tRPC's clients send the id of the last message that they have. */
const reservedKey = "lastEventId";

/** Returns how the stream of a method goes on; undefined if it can't, or if `checkResume` reports that the option is wrong. */
export function resumeOf(method: DescMethod, options: MeshOptions): CatalogueResume | undefined {
  const option = options.method(method)?.resume;
  if (!option || problemOf(method, option)) return undefined;
  return {
    request: singularPath(method.input, option.request).map(fieldKey).join("."),
    response: singularPath(method.output, option.response).map(fieldKey),
  };
}

/** Checks the options `resume` and `coalesce` of all methods. */
export function checkResume(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    const { resume, coalesce } = options.method(method) ?? {};
    const text = resume && problemOf(method, resume);
    if (text) problems.push({ desc: method, text: `resume: ${text}`, option: optionPaths.methodResume });
    if (coalesce && !isQueryOf(method, "unary")) {
      const rule = `coalesce: ${method.name} must be unary and NO_SIDE_EFFECTS, because calls of it are not sent`;
      problems.push({ desc: method, text: rule, option: optionPaths.methodCoalesce });
    }
  }
}

function isQueryOf(method: DescMethod, kind: DescMethod["methodKind"]): boolean {
  return method.methodKind === kind && idempotencyOf(method) === "no_side_effects";
}

function problemOf(
  method: DescMethod,
  { request, response }: { readonly request: string; readonly response: string },
): string | undefined {
  if (!isQueryOf(method, "server_streaming")) {
    return `${method.name} must stream its responses and be NO_SIDE_EFFECTS, because it is called again`;
  }
  const [to, ...deeper] = singularPath(method.input, request);
  const from = singularPath(method.output, response).at(-1);
  if (!to || deeper.length > 0) return `${method.input.name} has no singular field ${JSON.stringify(request)}`;
  if (!from) return `${method.output.name} has no singular field ${JSON.stringify(response)}`;
  if (method.input.fields.some((field) => fieldKey(field) === reservedKey)) {
    return `${method.input.name} must have no field last_event_id, because tRPC's clients send the id of the last message as ${reservedKey}: rename it`;
  }
  if (typeOf(to) === typeOf(from)) return undefined;
  return `${request} is of the type ${typeOf(to)}, and ${response} of the type ${typeOf(from)}: use fields of the same type`;
}

/** Returns the singular fields of a path in the .proto's names; none if there is no such path. */
export function singularPath(message: DescMessage, path: string): DescField[] {
  const fields: DescField[] = [];
  let scope: DescMessage | undefined = message;
  for (const name of path.split(".")) {
    const field: DescField | undefined = scope?.fields.find((one) => one.name === name);
    if (!field || !isSingular(field)) return [];
    fields.push(field);
    scope = field.fieldKind === "message" ? field.message : undefined;
  }
  return fields;
}

function isSingular({ fieldKind, oneof }: DescField): boolean {
  return fieldKind !== "list" && fieldKind !== "map" && oneof === undefined;
}

function typeOf(field: DescField): string {
  if (field.message) return field.message.typeName;
  if (field.enum) return field.enum.typeName;
  return ScalarType[field.scalar ?? ScalarType.BYTES].toLowerCase();
}
