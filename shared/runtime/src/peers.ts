import * as z from "zod";
import { backendShape, natsCredsSetting, natsUrlSetting } from "./backend-url.ts";
import { readSettings } from "./env.ts";

/** The addresses (`host:port`) of the replicas of each peer by its name; `dns:host:port` is looked up periodically. */
export type PeerAddresses = Readonly<Record<string, string | readonly string[]>>;

/** Matches an address that is looked up periodically: `dns:host:port`, or as gRPC writes it, `dns:///host:port`. */
const dnsAddress = /^dns:(?:\/\/\/)?(.+:\d{1,5})$/;

/**
 * Returns the `host:port` that an address says to look up periodically; undefined: it is an address itself.
 *
 * @example
 * ```ts
 * import { dnsTargetOf } from "@mesh/runtime";
 *
 * dnsTargetOf("dns:orders.default.svc:7001"); // "orders.default.svc:7001"
 * dnsTargetOf("127.0.0.1:7001"); // undefined
 * ```
 */
export function dnsTargetOf(address: string): string | undefined {
  return dnsAddress.exec(address)?.[1];
}

/**
 * Returns the schema of a setting with the addresses of peers: `catalog=127.0.0.1:7001,inventory=127.0.0.1:7002`. A name
 * with several replicas occurs several times, or has an address by DNS, `catalog=dns:host:port`.
 *
 * @param names the peers that error messages name. Others may be present, too.
 * @param required the peers that must be present. Default: all names.
 *
 * @example
 * ```ts
 * import { peersSetting, readSettings } from "@mesh/runtime";
 *
 * const { PEERS } = readSettings({ PEERS: peersSetting(["catalog"]) }, { PEERS: "catalog=10.0.0.1:7001,catalog=10.0.0.2:7001" });
 * PEERS.catalog; // ["10.0.0.1:7001", "10.0.0.2:7001"]
 * ```
 */
export function peersSetting(names: readonly string[], required = names) {
  const example = exampleOf(names);
  return z
    .string()
    .transform((text) => text.replace(/,\s*$/, "").split(",").map(entryOf))
    .refine((entries) => entries.every(isPeer))
    .transform(byName)
    .refine((peers) => Object.values(peers).every(isUsable) && required.every((name) => Object.hasOwn(peers, name)))
    .describe(
      `the addresses of the peers: ${example}; for several replicas, repeat the name, or use name=dns:host:port`,
    );
}

/** Options of the settings of peers. */
export interface PeersShapeOptions {
  /** Whether the process needs NATS for something else, such as events. Default: no. */
  readonly needsNats?: boolean;
  /** Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Returns the schemas of MESH_PEERS and NATS_URL, by which a process finds its peers, with NATS_TLS, NATS_LOGIN and NATS_CREDS. Peers
 * without an address in MESH_PEERS are in the registry of the mesh, for which NATS_URL is needed.
 *
 * @example
 * ```ts
 * import { peersShape, readSettings } from "@mesh/runtime";
 *
 * const env = { MESH_PEERS: "catalog=127.0.0.1:7001", NATS_URL: "nats://127.0.0.1:4222" };
 * const settings = readSettings(peersShape(["catalog", "orders"], { env }), env);
 * settings.MESH_PEERS; // { catalog: ["127.0.0.1:7001"] }
 * ```
 */
export function peersShape(names: readonly string[], { needsNats = false, env }: PeersShapeOptions = {}) {
  const setting = peersSetting(names, []);
  const { MESH_PEERS: text } = readSettings({ MESH_PEERS: z.string().optional() }, env);
  // A wrong list is reported itself.
  const given = setting.safeParse(text ?? "");
  const isWrong = text !== undefined && !given.success;
  const missing = isWrong ? [] : names.filter((name) => !Object.hasOwn(given.data ?? {}, name));
  return {
    MESH_PEERS: setting
      .optional()
      .transform((peers): PeerAddresses => peers ?? {})
      .describe(setting.description ?? ""),
    ...backendShape("NATS"),
    NATS_URL: natsSetting(missing, needsNats, env),
    NATS_CREDS: natsCredsSetting(),
  };
}

/** Returns the schema of NATS_URL. */
function natsSetting(missing: readonly string[], isNeeded: boolean, env: PeersShapeOptions["env"]) {
  const url = natsUrlSetting(env);
  const text = url.description ?? "";
  if (missing.length === 0) return (isNeeded ? url : url.optional()).describe(text);
  return url.describe(`${text}, to find ${missing.join(", ")}, or MESH_PEERS with ${exampleOf(missing)}`);
}

function exampleOf(names: readonly string[]): string {
  return names.map((name) => `${name}=host:port`).join(",");
}

type Entry = readonly [name: string, address: string];

function entryOf(entry: string): Entry {
  const [name = "", address = ""] = entry.trim().split("=", 2);
  return [name, address];
}

function isPeer([name, address]: Entry): boolean {
  const port = /^\S+:(\d{1,5})$/.exec(address)?.[1];
  return name !== "" && Number(port) >= 1 && Number(port) <= 65_535;
}

function byName(entries: readonly Entry[]): Record<string, readonly string[]> {
  const peers = new Map<string, string[]>();
  for (const [name, address] of entries) peers.set(name, [...(peers.get(name) ?? []), address]);
  return Object.fromEntries(peers);
}

/** Returns whether the addresses of a peer differ, and none is looked up besides others. */
function isUsable(addresses: readonly string[]): boolean {
  const isLookedUp = addresses.some((address) => dnsTargetOf(address));
  return new Set(addresses).size === addresses.length && (addresses.length === 1 || !isLookedUp);
}
