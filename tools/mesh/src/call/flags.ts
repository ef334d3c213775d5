import { CommandError } from "@mesh/codegen/command";
import { connectionOptions, type MeshAccess, meshAccess } from "../settings.ts";
import type { CallAccess } from "../with-mesh.ts";

/** The flags of commands that call a method. */
export const callOptions = {
  ...connectionOptions,
  address: { type: "string" },
  deadline: { type: "string" },
  header: { type: "string", multiple: true },
} as const;

/** What the help says of these flags. */
export const callHelp = `  --address <host:port>   call this replica, without NATS; default: the replicas in the registry
  --deadline <ms>         the longest that a call may take; default: by the policy and the contract
  --header <name=value>   a header of the call; may be repeated
`;

/** The values of these flags. */
export interface CallFlags {
  readonly nats?: string;
  readonly tls?: string;
  readonly address?: string;
  readonly deadline?: string;
  readonly header?: readonly string[];
}

/** Returns how the service is reached. @throws CommandError */
export function callAccess(flags: CallFlags, root: string): CallAccess {
  const { address } = flags;
  if (address === undefined) return { ...meshAccess(flags, root), address };
  if (!/^.+:\d{1,5}$/.test(address)) throw new CommandError(`--address must be host:port, got "${address}"`);
  // NATS is not needed then.
  const { tlsDir }: MeshAccess = meshAccess({ ...flags, nats: "nats://127.0.0.1" }, root);
  return { natsUrl: "", tlsDir, address };
}

/** Returns the options of a call. @throws CommandError */
export function callOptionsOf({ deadline, header = [] }: CallFlags): {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
} {
  const headers = Object.fromEntries(header.map(headerOf));
  return { headers, ...(deadline !== undefined && { timeoutMs: positive("--deadline", deadline, 600_000) }) };
}

/** Reads a whole number from 1. @throws CommandError */
export function positive(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new CommandError(`${flag} must be a whole number from 1 to ${most}, got "${text}"`);
}

function headerOf(text: string): [string, string] {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(at, 0)).toLowerCase();
  if (/^[a-z0-9._-]+$/.test(name) && !name.endsWith("-bin")) return [name, text.slice(at + 1)];
  throw new CommandError(`--header must be name=value, and not end in -bin, got "${text}"`);
}
