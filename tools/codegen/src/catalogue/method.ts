import type { DescEnum, DescFile, DescMethod } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { Problem } from "../problem.ts";
import { isErrorEnum } from "./error.ts";
import { type MeshOptions, type MethodOption, optionPaths } from "./options.ts";

/** The longest deadline that a method may ask for, in milliseconds. Source: the range that grpc-timeout is clamped to. */
const maxDeadlineMs = 600_000;

/** The standard idempotency_level, as the contract's vocabulary names it. */
export function idempotencyOf(method: DescMethod): "no_side_effects" | "idempotent" | "unknown" {
  if (method.idempotency === Idempotency.NO_SIDE_EFFECTS) return "no_side_effects";
  return method.idempotency === Idempotency.IDEMPOTENT ? "idempotent" : "unknown";
}

/** How the gateway exposes a method; undefined: not at all. */
export function procedureKind(
  method: DescMethod,
  options: MeshOptions,
): "Query" | "Mutation" | "Subscription" | undefined {
  if (!options.method(method)?.gateway) return undefined;
  if (method.methodKind === "server_streaming") return "Subscription";
  return idempotencyOf(method) === "no_side_effects" ? "Query" : "Mutation";
}

/** The scopes of an exposed method. */
export function scopesOf(method: DescMethod, options: MeshOptions): string[] {
  return (options.method(method)?.gateway?.scopes ?? "").split(" ").filter((scope) => scope !== "");
}

/** The error enum of a method, which is of its package; undefined: none is named, or there is no such enum. */
export function errorEnumOf(
  method: DescMethod,
  files: readonly DescFile[],
  options: MeshOptions,
): DescEnum | undefined {
  return errorEnumsNamed(method, files, options)[0];
}

/** The error enums that a method may mean: more than one where messages declare enums of one name. */
function errorEnumsNamed(method: DescMethod, files: readonly DescFile[], options: MeshOptions): DescEnum[] {
  const name = options.method(method)?.errors;
  if (!name) return [];
  const inPackage = files.filter((file) => file.proto.package === method.parent.file.proto.package);
  const enums = inPackage.flatMap((file) => [...nestedTypes(file)]).filter((type) => type.kind === "enum");
  return enums.filter((desc) => desc.name === name && isErrorEnum(desc, options));
}

/** Checks the methods' options in all files. */
export function checkMethods(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services).flatMap(({ methods }) => methods)) {
    const option = options.method(method);
    if (option) checkMethod(method, option, errorEnumsNamed(method, files, options), problems);
  }
}

function checkMethod(method: DescMethod, option: MethodOption, errors: readonly DescEnum[], problems: Problem[]): void {
  const report = (text: string, path: readonly number[]) => problems.push({ desc: method, text, option: path });
  const [named, other] = errors;
  if (named && other) {
    const both = `errors: ${JSON.stringify(option.errors)} names ${named.typeName} and ${other.typeName}`;
    report(`${both}: rename one`, optionPaths.methodErrors);
  }
  if (option.errors && !named) {
    const name = `errors: ${JSON.stringify(option.errors)} names no error enum of ${method.parent.file.proto.package}`;
    report(`${name}: declare it, with (mesh.v1.error) on its values`, optionPaths.methodErrors);
  }
  if (option.gateway && /client|bidi/.test(method.methodKind)) {
    report(`${method.name} streams from the client, which browsers can't: take gateway off`, optionPaths.methodGateway);
  }
  if (option.deadlineMs > maxDeadlineMs) {
    report(`deadline_ms must be at most ${maxDeadlineMs}: a call can't last longer`, optionPaths.methodDeadline);
  }
}
