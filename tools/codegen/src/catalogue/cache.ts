import type { DescFile, DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { eventsOf } from "./event.ts";
import { idempotencyOf } from "./method.ts";
import { type MeshOptions, optionPaths } from "./options.ts";

/** The longest that a response may be kept, in milliseconds: a day. */
const maxTtlMs = 86_400_000;

/** How the gateway keeps the responses of a method. */
export interface CatalogueCache {
  readonly ttlMs: number;
  readonly perUser: boolean;
  /** The events after which nothing is kept. Those that the contract names wrongly are missing. */
  readonly invalidatedBy: readonly DescMessage[];
}

/** Returns how the responses of a method are kept; undefined if they are not. */
export function cacheOf(
  method: DescMethod,
  files: readonly DescFile[],
  options: MeshOptions,
): CatalogueCache | undefined {
  const cache = options.method(method)?.cache;
  if (!cache) return undefined;
  const { ttlMs, perUser, invalidatedBy } = cache;
  const events = visibleEvents(method, files, options);
  return { ttlMs, perUser, invalidatedBy: invalidatedBy.flatMap((name) => eventNamed(name, method, events) ?? []) };
}

/** Checks the option `cache` of all methods. */
export function checkCaches(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    if (!options.method(method)?.cache) continue;
    for (const text of problemsOf(method, files, options)) {
      problems.push({ desc: method, text: `cache: ${text}`, option: optionPaths.methodCache });
    }
  }
}

function* problemsOf(method: DescMethod, files: readonly DescFile[], options: MeshOptions): Iterable<string> {
  const { gateway, cache } = options.method(method) ?? {};
  if (!cache) return;
  if (method.methodKind !== "unary" || idempotencyOf(method) !== "no_side_effects") {
    yield `${method.name} must be unary and NO_SIDE_EFFECTS, because calls of it do not reach the service`;
  }
  if (!gateway) yield `${method.name} has no option gateway, which keeps the responses: add it, or remove cache`;
  if (cache.ttlMs < 1 || cache.ttlMs > maxTtlMs) {
    yield `ttl_ms must be from 1 to ${maxTtlMs}, got ${cache.ttlMs}`;
  }
  const events = visibleEvents(method, files, options);
  for (const name of cache.invalidatedBy.filter((name) => !eventNamed(name, method, events))) {
    yield `${JSON.stringify(name)} names no event: ${adviceOn(method, events)}`;
  }
}

function adviceOn(method: DescMethod, events: readonly DescMessage[]): string {
  const own = events.filter(({ file }) => file.proto.package === method.parent.file.proto.package);
  const use = own.length > 0 ? `use ${own.map(({ name }) => name).join(" or ")}, or ` : "";
  return `${use}import its file and write its full name, such as orders.v1.OrderPlaced`;
}

/** Returns the events of a method's package, and those in the files that these import. */
function visibleEvents(method: DescMethod, files: readonly DescFile[], options: MeshOptions): DescMessage[] {
  const visible = new Set(files.filter(({ proto }) => proto.package === method.parent.file.proto.package));
  // Iterating a set includes the elements that are added meanwhile.
  for (const file of visible) for (const imported of file.dependencies) visible.add(imported);
  return [...visible].flatMap((file) => eventsOf(file, options)).map(({ message }) => message);
}

function eventNamed(name: string, method: DescMethod, events: readonly DescMessage[]): DescMessage | undefined {
  const own = `${method.parent.file.proto.package}.${name}`;
  return events.find(({ typeName }) => typeName === own) ?? events.find(({ typeName }) => typeName === name);
}
