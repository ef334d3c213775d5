import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "@mesh/codegen/command";
import { natsCredsSetting, natsUrlSetting, readSettings } from "@mesh/runtime";
import * as z from "zod";

/** The flags of all commands that reach a mesh. */
export const connectionOptions = {
  nats: { type: "string" },
  tls: { type: "string" },
  contracts: { type: "string" },
  json: { type: "boolean" },
} as const;

/** What the help says of these flags. */
export const connectionHelp = `  --nats <url>    the NATS of the mesh; default: NATS_URL, then that of the mesh that runs in this repository
  --tls <folder>  tls.crt, tls.key and ca.crt of the caller; default: MESH_TLS_DIR, then .mesh/tls/developer. off: no TLS.
                  MESH_SPIFFE_PATHS names the paths of ids that have more than the name of the service
  --contracts <file>  what describes the contracts: a google.protobuf.FileDescriptorSet, as "buf build --output contracts.binpb"
                  writes it; default: the contracts of this repository
  --json          print JSON
  --help          print this
`;

/** Exit codes. */
export const exitCodes = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** How a command reaches the mesh. */
export interface MeshAccess {
  readonly natsUrl: string;
  /** Undefined: the login is in the URL. */
  readonly natsCreds?: string | undefined;
  /** The folder of the identity; undefined: calls are not encrypted. */
  readonly tlsDir: string | undefined;
}

/**
 * Finds the mesh by flags, the environment, or the files of the mesh that runs here.
 *
 * @param root the folder of the repository
 * @param env default: the environment of the process
 * @throws CommandError if there is none, or its URL is wrong
 */
export function meshAccess(
  flags: { readonly nats?: string; readonly tls?: string },
  root: string,
  env?: Readonly<Record<string, string | undefined>>,
): MeshAccess {
  const text = z.string().optional();
  const found = readSettings(
    { NATS_URL: text, NATS_CREDS: natsCredsSetting(), MESH_TLS_DIR: text, MESH_TLS: text },
    env,
  );
  const natsUrl = flags.nats ?? found.NATS_URL ?? runningNats(root);
  if (!natsUrl) {
    const message = "no mesh runs in this repository: run npm start, or name its NATS by --nats or NATS_URL";
    throw new CommandError(message, exitCodes.unreachable);
  }
  const own = join(root, ".mesh/tls/developer");
  const byEnvironment = found.MESH_TLS === "off" ? "off" : found.MESH_TLS_DIR;
  const tlsDir = flags.tls ?? byEnvironment ?? (existsSync(own) ? own : undefined);
  return {
    natsUrl: checkedUrl(natsUrl, flags.nats === undefined ? "NATS_URL" : "--nats"),
    natsCreds: found.NATS_CREDS,
    tlsDir: tlsDir === "off" ? undefined : tlsDir,
  };
}

/** @param name the flag or the variable that has the URL */
function checkedUrl(url: string, name: string): string {
  const setting = natsUrlSetting({});
  const { success, data } = setting.safeParse(url);
  if (success) return data;
  throw new CommandError(`${name} must be ${setting.description}, got "${url}"`);
}

/** Returns the NATS of the mesh that runs in a repository, or ran last. Source: tools/dev/src/mesh/run-file.ts */
function runningNats(root: string): string | undefined {
  const file = join(root, ".mesh/run.json");
  if (!existsSync(file)) return undefined;
  const { success, data } = z.object({ natsUrl: z.string() }).safeParse(JSON.parse(readFileSync(file, "utf8")));
  return success ? data.natsUrl : undefined;
}
