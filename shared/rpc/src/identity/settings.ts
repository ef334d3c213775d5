import { readSettings } from "@mesh/runtime";
import { z } from "zod";
import type { Identity } from "./identity.ts";
import { type WatchIdentityOptions, watchIdentity } from "./watch-identity.ts";

/** The settings of the identity of a process. */
export interface TlsSettings {
  /** `off`: another layer, such as a sidecar, provides mutual TLS. */
  readonly MESH_TLS: "on" | "off";
  /** The folder that `watchIdentity` reads. Default in development: none, calls are not encrypted. */
  readonly MESH_TLS_DIR?: string | undefined;
}

const folderText =
  "a folder with tls.crt, tls.key and ca.crt; or MESH_TLS=off if a sidecar provides mutual TLS; see docs/identity.md";

/**
 * Returns the schemas of MESH_TLS_DIR and MESH_TLS. With NODE_ENV=production the folder is needed unless MESH_TLS is `off`.
 *
 * @example
 * ```ts
 * import { tlsShape } from "@mesh/rpc";
 * import { readSettings } from "@mesh/runtime";
 *
 * const env = { MESH_TLS_DIR: "/var/run/tls" };
 * readSettings(tlsShape(env), env); // { MESH_TLS: "on", MESH_TLS_DIR: "/var/run/tls" }
 * ```
 */
export function tlsShape(env?: Readonly<Record<string, string | undefined>>) {
  const asGiven = { NODE_ENV: z.string().optional(), MESH_TLS: z.string().optional() };
  const { NODE_ENV, MESH_TLS } = readSettings(asGiven, env);
  const isNeeded = NODE_ENV === "production" && MESH_TLS !== "off";
  return {
    MESH_TLS: z.enum(["on", "off"]).default("on").describe("on or off"),
    MESH_TLS_DIR: (isNeeded ? z.string() : z.string().optional()).describe(folderText),
  };
}

/**
 * Opens the identity that the settings name, and warns if there is none in development.
 *
 * @throws Error if a file is missing, or the certificate lacks one of the names
 *
 * @example
 * ```ts
 * import { openIdentity } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const options = { names: ["orders"], log: createLogger({ name: "orders" }), signal: new AbortController().signal };
 * await openIdentity({ MESH_TLS: "off" }, options); // undefined
 * ```
 */
export async function openIdentity(
  { MESH_TLS, MESH_TLS_DIR }: TlsSettings,
  options: WatchIdentityOptions,
): Promise<Identity | undefined> {
  if (MESH_TLS === "off") return undefined;
  if (MESH_TLS_DIR) return watchIdentity(MESH_TLS_DIR, options);
  options.log.warn("MESH_TLS_DIR is not set: calls are neither encrypted nor authenticated");
  return undefined;
}
