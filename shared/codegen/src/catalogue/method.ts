import type { DescEnum, DescFile, DescMethod, DescService } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { Problem } from "../problem.ts";
import { isErrorEnum } from "./error.ts";
import type { MeshOptions } from "./options.ts";

/** The longest deadline that a method may ask for, in milliseconds. Source: the range that grpc-timeout is clamped to. */
const maxDeadlineMs = 600_000;

/** How many messages go each way, as the contract's vocabulary names it. */
export function kindOf(method: DescMethod): string {
  return method.methodKind;
}

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
  const name = options.method(method)?.errors;
  const inPackage = files.filter((file) => file.proto.package === method.parent.file.proto.package);
  const enums = inPackage.flatMap((file) => [...nestedTypes(file)]).filter((type) => type.kind === "enum");
  return name ? enums.find((desc) => desc.name === name && isErrorEnum(desc, options)) : undefined;
}

/** Checks the methods' options in all files. */
export function checkMethods(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services).flatMap((service: DescService) => service.methods)) {
    const option = options.method(method);
    const report = (text: string) => problems.push({ desc: method, text });
    if (option?.errors && !errorEnumOf(method, files, options)) {
      report(
        `errors: ${JSON.stringify(option.errors)} names no error enum of ${method.parent.file.proto.package}: declare it, its values with (mesh.v1.error)`,
      );
    }
    if (
      (option?.gateway && method.methodKind.endsWith("di_streaming")) ||
      (option?.gateway && method.methodKind === "client_streaming")
    ) {
      report(`${method.name} streams from the client, which no browser can: take gateway off it`);
    }
    if ((option?.deadlineMs ?? 0) > maxDeadlineMs) report(`deadline_ms must be at most ${maxDeadlineMs}`);
  }
}
