import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DescMessage, DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { gateway } from "@mesh/codegen/catalogue/callers";
import { methodName } from "@mesh/codegen/names";
import type { Contracts } from "../contracts/compile.ts";
import { contractNames } from "../source/contract-names.ts";
import { type Mention, mentionsOf } from "../source/mention.ts";
import { serviceFolders, sourcesIn } from "../source/source-files.ts";
import type { CodePlace } from "../source/source-text.ts";
import { type PeerCall, type Peers, peerCallsIn, peersIn } from "../source/upstreams.ts";

/** A place in the source code that uses a declaration of a contract. */
export interface Use<T> extends CodePlace {
  /** The path from the root: `services/orders/src/service.ts`. */
  readonly path: string;
  readonly desc: T;
}

/** A package, its names in the mesh (several if it implements several services), and what it uses of contracts. */
export interface App {
  readonly names: readonly string[];
  readonly upstreams: readonly Use<DescService>[];
  readonly calls: readonly Use<DescMethod>[];
  readonly published: readonly Use<DescMessage>[];
  readonly consumed: readonly Use<DescMessage>[];
  readonly enqueued: readonly Use<DescMessage>[];
  /** The jobs that it has handlers of. */
  readonly done: readonly Use<DescMessage>[];
}

/** What a source file has. */
interface Source {
  readonly path: string;
  readonly mentions: readonly Mention[];
  readonly peers: readonly Peers[];
  readonly calls: readonly PeerCall[];
}

/**
 * Reads the services in services/, and the gateway. It searches the text of the sources for `service(Definition`, for the
 * `peers` of options, and for `peers.name.method(`, so it misses what is passed in a variable.
 */
export async function readApps({ root, registry, names }: Contracts): Promise<App[]> {
  const types = contractNames(registry);
  const read = async (folder: string) => {
    const paths = await sourcesIn(root, folder);
    return Promise.all(paths.map(async (path) => readSource(path, await readFile(join(root, path), "utf8"), types)));
  };
  const services = await Promise.all(
    (await serviceFolders(root)).map(async (folder) => {
      const sources = await read(folder);
      const own = sources.flatMap(({ mentions }) => mentions.filter(({ kind }) => kind === "service"));
      const implemented = own.flatMap(({ type }) => registry.getService(type) ?? []);
      return appOf([...new Set(implemented.map((service) => names.serviceName(service)))], sources, registry);
    }),
  );
  return [...services, gatewayOf(await read("gateway"), registry)].filter((app) => app.names.length > 0);
}

function readSource(path: string, text: string, types: ReadonlyMap<string, string>): Source {
  return { path, mentions: mentionsOf(text, types), peers: peersIn(text, types), calls: peerCallsIn(text) };
}

function appOf(names: readonly string[], sources: readonly Source[], registry: FileRegistry): App {
  const peers = sources.flatMap(({ path, peers }) => peers.map((peer) => ({ ...peer, path })));
  const upstreams = peers.flatMap(({ type, ...place }) => {
    const desc = registry.getService(type);
    return desc ? [{ ...place, desc }] : [];
  });
  return {
    names,
    upstreams,
    calls: callsOf(sources, new Map(upstreams.map(({ key, desc }) => [key, desc]))),
    // A schedule publishes an event, or enqueues a job.
    published: messagesIn(sources, ["publish", "schedule"], registry),
    consumed: messagesIn(sources, ["on"], registry),
    enqueued: messagesIn(sources, ["enqueue", "schedule"], registry),
    done: messagesIn(sources, ["job"], registry),
  };
}

/** The gateway calls the services of router.ts, whose exposed methods it may call. */
function gatewayOf(sources: readonly Source[], registry: FileRegistry): App {
  const router = sources.find(({ path }) => path === "gateway/src/router.ts");
  const keys = router?.mentions.filter(({ kind }) => kind === "key") ?? [];
  const services = keys.flatMap(({ key, type }) => {
    const desc = registry.getService(type);
    return desc ? [[key, desc] as const] : [];
  });
  const calls = callsOf(sources, new Map(services));
  return { names: [gateway], upstreams: [], calls, published: [], consumed: [], enqueued: [], done: [] };
}

function messagesIn(
  sources: readonly Source[],
  kinds: readonly Mention["kind"][],
  registry: FileRegistry,
): Use<DescMessage>[] {
  return sources.flatMap(({ path, mentions }) =>
    mentions.flatMap(({ type, line, column, ...mention }) => {
      const desc = kinds.includes(mention.kind) ? registry.getMessage(type) : undefined;
      return desc ? [{ path, line, column, desc }] : [];
    }),
  );
}

function callsOf(sources: readonly Source[], services: ReadonlyMap<string, DescService>): Use<DescMethod>[] {
  return sources.flatMap(({ path, calls }) =>
    calls.flatMap(({ key, method, line, column }) => {
      const desc = services.get(key)?.methods.find((one) => methodName(one) === method);
      return desc ? [{ path, line, column, desc }] : [];
    }),
  );
}
