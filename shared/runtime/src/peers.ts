import { z } from "zod";

/** The address (`host:port`) of each peer by its name. */
export type PeerAddresses = Readonly<Record<string, string>>;

/**
 * Returns the schema of a setting with the addresses of peers: `catalog=127.0.0.1:7001,inventory=127.0.0.1:7002`.
 *
 * @param names the peers that must be present. Others may be, too.
 *
 * @example
 * ```ts
 * import { peersSetting, readSettings } from "@mesh/runtime";
 *
 * const { PEERS } = readSettings({ PEERS: peersSetting(["catalog"]) }, { PEERS: "catalog=127.0.0.1:7001" });
 * PEERS.catalog; // "127.0.0.1:7001"
 * ```
 */
export function peersSetting(names: readonly string[]) {
  const example = names.map((name) => `${name}=host:port`).join(",");
  return z
    .string()
    .transform((text): PeerAddresses => Object.fromEntries(text.replace(/,\s*$/, "").split(",").map(entryOf)))
    .refine((peers) => Object.entries(peers).every(isPeer) && names.every((name) => Object.hasOwn(peers, name)))
    .describe(`the addresses of the peers: ${example}`);
}

function entryOf(entry: string): [name: string, address: string] {
  const [name = "", address = ""] = entry.trim().split("=", 2);
  return [name, address];
}

function isPeer([name, address]: readonly [string, string]): boolean {
  return name !== "" && /^.+:\d{1,5}$/.test(address);
}
