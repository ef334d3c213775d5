import { networkInterfaces } from "node:os";
import * as z from "zod";

/** What a process has to say where others reach it. */
export interface Reachable {
  /** MESH_ADVERTISE: `host` or `host:port`. */
  readonly advertise?: string | undefined;
  /** The address that it listens on. */
  readonly host: string;
  /** The port that it listens on. */
  readonly port: number;
}

/** Matches `host` and `host:port`; the host may be an IPv6 address in brackets. */
const advertised = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+)(?::(\d{1,5}))?$/;

const wildcards = new Set(["0.0.0.0", "::", ""]);

/** Returns the schema of MESH_ADVERTISE. */
export function advertiseSetting() {
  return z
    .string()
    .regex(advertised)
    .refine((text) => isPort(advertised.exec(text)?.[2]))
    .optional()
    .describe("where other processes reach this one: host, or host:port with a port from 1 to 65535");
}

/**
 * Returns the address that a process registers: MESH_ADVERTISE, else the address that it listens on. If that is all
 * addresses, the first one of the machine that other machines can reach.
 *
 * @param addresses the addresses of the machine; default: those of its network interfaces
 */
export function advertisedAddress({ advertise, host, port }: Reachable, addresses = externalAddresses()): string {
  const [, name, otherPort] = advertised.exec(advertise ?? "") ?? [];
  if (name) return `${name}:${otherPort ?? port}`;
  const own = wildcards.has(host) ? (addresses[0] ?? "127.0.0.1") : host;
  return own.includes(":") ? `[${own}]:${port}` : `${own}:${port}`;
}

/** Returns the addresses of this machine, those of IPv4 first. */
function externalAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  // Addresses that begin with fe80 are of one link, and need its name.
  const usable = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80"));
  return usable.toSorted((one, other) => one.family.localeCompare(other.family)).map(({ address }) => address);
}

function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) >= 1 && Number(text) <= 65_535);
}
