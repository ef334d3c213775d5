import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { DescMessage, DescService, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { packageFolder, serviceIdentifier, typeName } from "@mesh/codegen/names";
import { type Mention, mentionsOf } from "./mention.ts";

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
  const names = new Map(
    [...registry.files].flatMap((file) => {
      const folder = `@mesh/contracts/${packageFolder(file.proto.package)}`;
      const declared = [...[...nestedTypes(file)].filter((type) => type.kind === "message"), ...file.services];
      return declared.map((desc) => [`${folder}#${nameOf(desc)}`, desc.typeName] as const);
    }),
  );
  const found: (Mention & { path: string })[] = [];
  for (const path of [...(await sourcesOf(root)), "gateway/src/router.ts"]) {
    const source = await readFile(join(root, path), "utf8").catch(() => "");
    found.push(...mentionsOf(source, names).map((mention) => ({ ...mention, path })));
  }
  const isService = (path: string) => path.startsWith("services/");
  return {
    publishers: byEvent(found.filter(({ kind, path }) => kind === "publish" && isService(path))),
    consumers: byEvent(found.filter(({ kind, path }) => kind === "on" && isService(path))),
    procedures: new Map(
      found.flatMap(({ kind, path, type, key }) => (kind === "key" && !isService(path) ? [[type, key] as const] : [])),
    ),
  };
}

function nameOf(desc: DescMessage | DescService): string {
  return desc.kind === "service" ? serviceIdentifier(desc) : typeName(desc);
}

function byEvent(mentions: readonly (Mention & { path: string })[]): Map<string, SourceLine[]> {
  const byType = new Map<string, SourceLine[]>();
  for (const { type, path, line } of mentions) {
    const [, service = ""] = path.split("/");
    byType.set(type, [...(byType.get(type) ?? []), { service, path, line }]);
  }
  return byType;
}

/** Lists the source files of the services without their tests, in a fixed order. */
async function sourcesOf(root: string): Promise<string[]> {
  const services = await readdir(join(root, "services")).catch(() => []);
  const files = await Promise.all(
    services.map(async (service) => {
      const folder = posix.join("services", service, "src");
      const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
      return entries.map((entry) => posix.join(folder, entry.replaceAll("\\", "/")));
    }),
  );
  return files
    .flat()
    .filter((path) => /(?<!\.test|\.d)\.[cm]?tsx?$/.test(path))
    .sort();
}
