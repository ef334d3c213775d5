import { readSettings } from "@mesh/runtime";
import * as z from "zod";
import type { Identity } from "./identity.ts";
import { isIdPath } from "./spiffe.ts";
import { type WatchIdentityOptions, watchIdentity } from "./watch-identity.ts";

/** The settings of the identity of a process. */
export interface TlsSettings {
  /** `off`: another layer, such as a sidecar, provides mutual TLS. The identity still signs and verifies. */
  readonly MESH_TLS: "on" | "off";
  /** The folder that `watchIdentity` reads. Default in development: none, calls are not encrypted and have no principal. */
  readonly MESH_TLS_DIR?: string | undefined;
  /** The paths of the SPIFFE ids in the mesh, `ns/shop/sa/{name}`. Default: `{name}`. */
  readonly MESH_SPIFFE_PATHS?: readonly string[] | undefined;
}

/** The identity of a process. */
export interface OpenIdentity {
  /** Signs and verifies tokens and events. Undefined: there is none, in development. */
  readonly identity?: Identity;
  /** The same, for the connections. Undefined: they are not encrypted by this process. */
  readonly credentials?: Identity;
}

const pathsText =
  "the paths of the SPIFFE ids in the mesh, separated by commas, each with {name} as a segment: ns/shop/sa/{name}";
const folderText = "a folder with tls.crt, tls.key and ca.crt, the identity of the process; see docs/identity.md";

/**
 * Returns the schemas of MESH_TLS_DIR, MESH_TLS and MESH_SPIFFE_PATHS. With NODE_ENV=production the folder is needed, also if MESH_TLS is `off`:
 * tokens and events are signed with its key.
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
  const { NODE_ENV } = readSettings({ NODE_ENV: z.string().optional() }, env);
  const isNeeded = NODE_ENV === "production";
  return {
    MESH_TLS: z.enum(["on", "off"]).default("on").describe("on or off"),
    MESH_SPIFFE_PATHS: z
      .string()
      .transform((text) => text.split(",").map((path) => path.trim()))
      .refine((paths) => paths.every(isIdPath))
      .optional()
      .describe(pathsText),
    MESH_TLS_DIR: (isNeeded ? z.string() : z.string().optional()).describe(folderText),
  };
}

/**
 * Returns the settings of the identity among those of a process.
 *
 * @example
 * ```ts
 * import { tlsOf } from "@mesh/rpc";
 *
 * const settings = { PORT: 4000, MESH_TLS: "on", MESH_TLS_DIR: "/var/run/tls" } as const;
 * tlsOf(settings); // { MESH_TLS: "on", MESH_TLS_DIR: "/var/run/tls" }
 * ```
 */
export function tlsOf({ MESH_TLS, MESH_TLS_DIR, MESH_SPIFFE_PATHS }: TlsSettings): TlsSettings {
  return { MESH_TLS, MESH_TLS_DIR, ...(MESH_SPIFFE_PATHS && { MESH_SPIFFE_PATHS }) };
}

/**
 * Opens the identity that the settings name, and warns if there is none in development.
 *
 * @returns the identity, and the same as the credentials of connections unless MESH_TLS is `off`
 *
 * @throws Error if a file is missing, or the certificate lacks one of the names
 *
 * @example
 * ```ts
 * import { openIdentity } from "@mesh/rpc";
 * import { createLogger } from "@mesh/runtime";
 *
 * const options = { names: ["orders"], log: createLogger({ name: "orders" }), signal: new AbortController().signal };
 * await openIdentity({ MESH_TLS: "off" }, options); // {}: development without a certificate
 * ```
 */
export async function openIdentity(
  { MESH_TLS, MESH_TLS_DIR, MESH_SPIFFE_PATHS: idPaths }: TlsSettings,
  options: WatchIdentityOptions,
): Promise<OpenIdentity> {
  if (MESH_TLS_DIR) {
    const identity = await watchIdentity(MESH_TLS_DIR, { idPaths, ...options });
    return MESH_TLS === "off" ? { identity } : { identity, credentials: identity };
  }
  const isPlain = MESH_TLS === "on" ? "are neither encrypted nor authenticated, and " : "";
  options.log.warn(`MESH_TLS_DIR is not set: calls ${isPlain}have no principal`);
  return {};
}
