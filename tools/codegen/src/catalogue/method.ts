import type { DescEnum, DescFile, DescMethod } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { Problem } from "../problem.ts";
import { isErrorEnum } from "./error.ts";
import { type MeshOptions, type MethodOption, optionPaths } from "./options.ts";

/** The longest deadline that a method may declare, in milliseconds. Source: the upper limit of grpc-timeout. */
const maxDeadlineMs = 600_000;

/** Returns the idempotency_level of a method, by its name in the generated definitions. */
export function idempotencyOf(method: DescMethod): "no_side_effects" | "idempotent" | "unknown" {
  if (method.idempotency === Idempotency.NO_SIDE_EFFECTS) return "no_side_effects";
  return method.idempotency === Idempotency.IDEMPOTENT ? "idempotent" : "unknown";
}

/** Returns the kind of procedure by which the gateway exposes a method; undefined if it does not, or as a file. */
export function procedureKind(
  method: DescMethod,
  options: MeshOptions,
): "Query" | "Mutation" | "Subscription" | undefined {
  const gateway = options.method(method)?.gateway;
  if (!gateway || gateway.upload || gateway.download) return undefined;
  if (method.methodKind === "server_streaming") return "Subscription";
  return idempotencyOf(method) === "no_side_effects" ? "Query" : "Mutation";
}

/** Returns the scopes that an exposed method needs. */
export function scopesOf(method: DescMethod, options: MeshOptions): string[] {
  return scopeList(options.method(method)?.gateway?.scopes ?? "");
}

/** Returns the scopes of a list that is separated by spaces. */
export function scopeList(text: string): string[] {
  return text.split(" ").filter((scope) => scope !== "");
}

/** Returns the error enum of a method, from its package; undefined if it names none or there is no such enum. */
export function errorEnumOf(
  method: DescMethod,
  files: readonly DescFile[],
  options: MeshOptions,
): DescEnum | undefined {
  return errorEnumsNamed(method, files, options)[0];
}

/** Returns the error enums with the name: more than one if several messages declare such an enum. */
function errorEnumsNamed(method: DescMethod, files: readonly DescFile[], options: MeshOptions): DescEnum[] {
  const name = options.method(method)?.errors;
  return name
    ? errorEnumsIn(method.parent.file.proto.package, files, options).filter((desc) => desc.name === name)
    : [];
}

function errorEnumsIn(packageName: string, files: readonly DescFile[], options: MeshOptions): DescEnum[] {
  const inPackage = files.filter((file) => file.proto.package === packageName);
  const enums = inPackage.flatMap((file) => [...nestedTypes(file)]).filter((type) => type.kind === "enum");
  return enums.filter((desc) => isErrorEnum(desc, options));
}

/** Checks the options of the methods in all files. */
export function checkMethods(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const service of files.flatMap((file) => file.services)) {
    const enums = errorEnumsIn(service.file.proto.package, files, options);
    for (const method of service.methods) {
      const option = options.method(method);
      if (option) checkMethod(method, option, enums, problems);
    }
  }
}

/** @param enums the error enums of the package */
function checkMethod(method: DescMethod, option: MethodOption, enums: readonly DescEnum[], problems: Problem[]): void {
  const report = (text: string, path: readonly number[]) => problems.push({ desc: method, text, option: path });
  const [named, other] = enums.filter(({ name }) => name === option.errors);
  if (named && other) {
    const both = `errors: ${JSON.stringify(option.errors)} names ${named.typeName} and ${other.typeName}`;
    report(`${both}: rename one`, optionPaths.methodErrors);
  }
  if (option.errors && !named) {
    const name = `errors: ${JSON.stringify(option.errors)} names no error enum of ${method.parent.file.proto.package}`;
    const use = enums.length > 0 ? `use ${enums.map((desc) => desc.name).join(" or ")}, or ` : "";
    report(`${name}: ${use}declare it, with (mesh.v1.error) on its values`, optionPaths.methodErrors);
  }
  if (option.gateway && !option.gateway.upload && /client|bidi/.test(method.methodKind)) {
    const fix = "remove gateway, or add upload to it if the stream is a file";
    report(`${method.name} streams from the client, which browsers can't: ${fix}`, optionPaths.methodGateway);
  } else if (option.gateway) {
    const text = exposureProblem(method, option.gateway);
    if (text) report(text, optionPaths.methodGateway);
  }
  if (option.deadlineMs > maxDeadlineMs) {
    report(`deadline_ms must be at most ${maxDeadlineMs}, got ${option.deadlineMs}`, optionPaths.methodDeadline);
  }
}

/** Reports a method that is exposed without saying to whom: such as one for which a list of scopes was forgotten. */
function exposureProblem(
  method: DescMethod,
  { scopes, public: isPublic = false }: NonNullable<MethodOption["gateway"]>,
): string | undefined {
  const { name, parent } = method;
  const hasScopes = scopeList(scopes).length > 0;
  if (hasScopes && isPublic)
    return `${name} is public and has the scopes ${JSON.stringify(scopes)}: remove one of them`;
  if (hasScopes || isPublic) return undefined;
  const [word = ""] = parent.file.proto.package.split(".");
  const scope = `${word || "shop"}:${idempotencyOf(method) === "no_side_effects" ? "read" : "write"}`;
  const fixes = `set gateway: {scopes: ${JSON.stringify(scope)}} if callers need a scope, or gateway: {public: true} if everyone may call it`;
  return `${name} is exposed at the gateway, but its contract does not say to whom: ${fixes}`;
}
