import type { DescFile, DescMethod } from "@bufbuild/protobuf";
import { fieldKey } from "../names.ts";
import type { Problem } from "../problem.ts";
import { idempotencyOf } from "./method.ts";
import { type MeshOptions, optionPaths } from "./options.ts";
import { singularPath } from "./resume.ts";

/** How equal calls of a method share a stream of responses. */
export interface CatalogueShare {
  /** The path to the field of the response whose value says what it replaces, by its names in TypeScript. Empty: there is none. */
  readonly key: readonly string[];
}

/** Returns how a method shares its streams; undefined if it does not, or if `checkShare` reports that the option is wrong. */
export function shareOf(method: DescMethod, options: MeshOptions): CatalogueShare | undefined {
  const share = options.method(method)?.share;
  if (!share || problemOf(method, share.key, options)) return undefined;
  return { key: share.key === "" ? [] : singularPath(method.output, share.key).map(fieldKey) };
}

/** Checks the option `share` of all methods. */
export function checkShare(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    const share = options.method(method)?.share;
    const text = share && problemOf(method, share.key, options);
    if (text) problems.push({ desc: method, text: `share: ${text}`, option: optionPaths.methodShare });
  }
}

function problemOf(method: DescMethod, key: string, options: MeshOptions): string | undefined {
  if (method.methodKind !== "server_streaming" || idempotencyOf(method) !== "no_side_effects") {
    return `${method.name} must stream its responses and be NO_SIDE_EFFECTS, because most calls of it are not made`;
  }
  if (options.method(method)?.resume) {
    return `${method.name} has resume, whose calls begin at different responses: remove one of both`;
  }
  if (key === "") return undefined;
  const last = singularPath(method.output, key).at(-1);
  if (last?.fieldKind === "scalar" || last?.fieldKind === "enum") return undefined;
  return `${method.output.name} has no singular field ${JSON.stringify(key)} that is a scalar`;
}
