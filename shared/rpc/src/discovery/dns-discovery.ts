import { lookup as lookUpHost } from "node:dns/promises";
import { type Logger, repeat } from "@mesh/runtime";
import type { Discovery, Replica } from "./discovery.ts";

/** Options of a discovery by DNS. */
export interface DnsDiscoveryOptions {
  /** The time between two lookups, in milliseconds. Default: 5,000. */
  readonly intervalMs?: number;
  /** Gets a line when lookups fail and when they work again. Default: none is written. */
  readonly log?: Logger | undefined;
  /** Returns the IP addresses of a host. Default: those that the system knows, which include search domains. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

/**
 * Returns a discovery that looks up the IP addresses of a host periodically, such as those of a headless Service in
 * Kubernetes. Each address is a replica. If a lookup fails, the addresses that are known stay.
 *
 * @param hosts `host:port` by the services' names in the mesh
 * @throws Error if one has no port, or a service is watched that has no host
 *
 * @example
 * ```ts
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connect, dnsDiscovery } from "@mesh/rpc";
 *
 * const orders = connect(OrderService, { address: dnsDiscovery({ orders: "localhost:7001" }) });
 * await orders.close();
 * ```
 */
export function dnsDiscovery(hosts: Readonly<Record<string, string>>, options: DnsDiscoveryOptions = {}): Discovery {
  const { intervalMs = 5_000, log, lookup = systemAddresses } = options;
  const targets = new Map(Object.entries(hosts).map(([name, text]) => [name, targetOf(name, text)]));

  return {
    watch(name, onChange) {
      const target = targets.get(name);
      if (!target) throw new Error(`${name} has no host to look up`);
      const { host, port } = target;
      const stopped = new AbortController();
      let known: string | undefined;

      async function look(): Promise<void> {
        const replicas = replicasOf(await lookup(host), port);
        if (replicas.length === 0) throw new Error(`${host} has no address`);
        const text = replicas.map(({ id }) => id).join();
        if (stopped.signal.aborted || text === known) return;
        known = text;
        onChange(replicas);
      }

      void repeat(look, {
        signal: stopped.signal,
        intervalMs,
        backoff: { maxMs: intervalMs },
        onFailure(error, failures) {
          const reason = error instanceof Error ? error.message : String(error);
          if (failures === 1) log?.warn({ upstream: name, host, reason }, "a lookup of the replicas failed");
        },
        onRecovery: () => log?.info({ upstream: name, host }, "the replicas can be looked up again"),
      });
      return () => stopped.abort();
    },
  };
}

/** Splits `host:port`. @throws Error if it is something else */
function targetOf(name: string, text: string): { readonly host: string; readonly port: string } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host && port) return { host, port };
  throw new Error(`the host of ${name} must be host:port, got "${text}"`);
}

/** Returns the replicas in a fixed order, since DNS returns addresses in any. */
function replicasOf(addresses: readonly string[], port: string): Replica[] {
  const full = addresses.map((address) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
  return [...new Set(full)].sort().map((address) => ({ id: address, address }));
}

/** Returns the IPv4 addresses of a host; the IPv6 addresses if it has no other, since a host of both would count twice. */
async function systemAddresses(host: string): Promise<string[]> {
  const all = await lookUpHost(host, { all: true });
  const v4 = all.filter(({ family }) => family === 4);
  return (v4.length > 0 ? v4 : all).map(({ address }) => address);
}
