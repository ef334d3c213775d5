import type { DescFile, DescMethod, DescService } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { nameListProblem } from "./name-list.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** In a list of callers: every service, but not the gateway. */
export const anyService = "*";

/** The name of the gateway in the mesh. */
export const gateway = "gateway";

/** A list of names in a contract. */
export interface CallerList {
  /** The declaration that has the list. */
  readonly desc: DescMethod | DescService;
  readonly names: readonly string[];
  /** The field numbers that lead to it. */
  readonly option: readonly number[];
}

/** Returns the list of the services that may call a method: its own, else that of its service; undefined: none is declared. */
export function callerListOf(method: DescMethod, options: MeshOptions): CallerList | undefined {
  return declaredList(method, options) ?? declaredList(method.parent, options);
}

/** Returns the names of all processes that may call a method, as MethodDefinition has them. */
export function callersOf(method: DescMethod, options: MeshOptions): string[] {
  const listed = callerListOf(method, options)?.names ?? [anyService];
  const isExposed = options.method(method)?.gateway !== undefined;
  return isExposed && !listed.includes(gateway) ? [...listed, gateway] : [...listed];
}

/** Returns whether a process with a name is among the callers of a method. */
export function isCaller(name: string, callers: readonly string[]): boolean {
  return callers.includes(name) || (name !== gateway && callers.includes(anyService));
}

/** Returns the lists of callers that a file declares. */
export function callerListsIn(file: DescFile, options: MeshOptions): CallerList[] {
  const descs = file.services.flatMap((service) => [service, ...service.methods]);
  return descs.flatMap((desc) => declaredList(desc, options) ?? []);
}

function declaredList(desc: DescMethod | DescService, options: MeshOptions): CallerList | undefined {
  const isMethod = desc.kind === "rpc";
  const names = (isMethod ? options.method(desc) : options.service(desc))?.callers ?? [];
  const option = isMethod ? optionPaths.methodCallers : optionPaths.serviceCallers;
  return names.length > 0 ? { desc, names, option } : undefined;
}

/** Checks the form of the names in lists of callers. Services of other repositories may be among them. */
export function checkCallers(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const { desc, names, option } of files.flatMap((file) => callerListsIn(file, options))) {
    const text = problemOf(names);
    if (text) problems.push({ desc, text: `callers: ${text}`, option });
  }
}

function problemOf(names: readonly string[]): string | undefined {
  const text = nameListProblem(names, { wildcard: anyService });
  if (text) return text;
  const covered = names.find((name) => name !== anyService && name !== gateway);
  if (covered === undefined || !names.includes(anyService)) return undefined;
  return `"*" includes ${JSON.stringify(covered)}: remove one of them`;
}
