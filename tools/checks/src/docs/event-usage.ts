import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileRegistry } from "@bufbuild/protobuf";
import { contractNames } from "../source/contract-names.ts";
import { type Mention, mentionsOf } from "../source/mention.ts";
import { serviceSources } from "../source/source-files.ts";

/** A line in the source code of a service. */
export interface SourceLine {
  /** The service's folder: `orders`. */
  readonly service: string;
  /** The path from the root: `services/orders/src/place-order.ts`. */
  readonly path: string;
  /** The line number, from 1. */
  readonly line: number;
}

/** The usage of contracts in the source code. */
export interface EventUsage {
  /** The publishers of each event, by its full name. */
  readonly publishers: ReadonlyMap<string, readonly SourceLine[]>;
  /** The consumers of each event, by its full name. */
  readonly consumers: ReadonlyMap<string, readonly SourceLine[]>;
  /** The name of each service at the gateway: `orders` for `orders.v1.OrderService`. */
  readonly procedures: ReadonlyMap<string, string>;
}

/**
 * Finds the publishers and consumers of events in the TypeScript of services/, and the names of services in the router
 * of the gateway. It searches the text for `.publish(Event` and `on(Event` with a name imported from `@mesh/contracts`,
 * so it misses an event that is passed in a variable.
 */
export async function readUsage(root: string, registry: FileRegistry): Promise<EventUsage> {
  const names = contractNames(registry);
  const found: (Mention & { path: string })[] = [];
  for (const path of [...(await serviceSources(root)), "gateway/src/router.ts"]) {
    const source = await readFile(join(root, path), "utf8").catch(() => "");
    found.push(...mentionsOf(source, names).map((mention) => ({ ...mention, path })));
  }
  const isService = (path: string) => path.startsWith("services/");
  return {
    publishers: byEvent(
      found.filter(({ kind, path }) => (kind === "publish" || kind === "schedule") && isService(path)),
    ),
    consumers: byEvent(found.filter(({ kind, path }) => kind === "on" && isService(path))),
    procedures: new Map(
      found.flatMap(({ kind, path, type, key }) => (kind === "key" && !isService(path) ? [[type, key] as const] : [])),
    ),
  };
}

function byEvent(mentions: readonly (Mention & { path: string })[]): Map<string, SourceLine[]> {
  const byType = new Map<string, SourceLine[]>();
  for (const { type, path, line } of mentions) {
    const [, service = ""] = path.split("/");
    byType.set(type, [...(byType.get(type) ?? []), { service, path, line }]);
  }
  return byType;
}
