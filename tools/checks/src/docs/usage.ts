import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { DescMessage, DescService, FileRegistry } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { packageFolder, serviceName, typeName } from "@mesh/codegen/names";
import { type Mention, mentionsOf } from "./mentions.ts";

/** A place in a service's source. */
export interface Place {
  /** The service's folder: `orders`. */
  readonly service: string;
  /** From the root: `services/orders/src/place-order.ts`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** What the source says of contracts, as far as it can be read without running it. */
export interface Usage {
  readonly publishers: ReadonlyMap<string, readonly Place[]>;
  readonly consumers: ReadonlyMap<string, readonly Place[]>;
  /** What the gateway calls a service: `orders` of `orders.v1.OrderService`. */
  readonly procedures: ReadonlyMap<string, string>;
}

/**
 * Reads who publishes and who consumes which event from the TypeScript of services/, and what the gateway calls services
 * from its router. This reads text, for `.publish(Event` and `on(Event` with a name imported from `@mesh/contracts`: an
 * event that is passed on in a variable is not seen.
 */
export async function readUsage(root: string, registry: FileRegistry): Promise<Usage> {
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
    publishers: places(found.filter(({ kind, path }) => kind === "publish" && isService(path))),
    consumers: places(found.filter(({ kind, path }) => kind === "on" && isService(path))),
    procedures: new Map(
      found.flatMap(({ kind, path, type, key }) => (kind === "key" && !isService(path) ? [[type, key] as const] : [])),
    ),
  };
}

function nameOf(desc: DescMessage | DescService): string {
  return desc.kind === "service" ? serviceName(desc) : typeName(desc);
}

function places(mentions: readonly (Mention & { path: string })[]): Map<string, Place[]> {
  const byType = new Map<string, Place[]>();
  for (const { type, path, line } of mentions) {
    const [, service = ""] = path.split("/");
    byType.set(type, [...(byType.get(type) ?? []), { service, path, line }]);
  }
  return byType;
}

/** The sources of the services without their tests, in a fixed order. */
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
