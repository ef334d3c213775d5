import { freePort, type NatsUser, startNats } from "@mesh/dev";
import { type FragileServer, openFragile } from "./outage.ts";

/**
 * Starts a nats-server with JetStream for one test. Acknowledged messages survive `kill`.
 *
 * @param users who may use it; `url` has the login of the first one. Default: everyone, without a login.
 */
export function testNats(users?: readonly NatsUser[]): Promise<FragileServer> {
  return openFragile((options) => startNats({ ...options, users }));
}

/** A cluster of nats-servers. */
export interface TestNatsCluster extends AsyncDisposable {
  /** The URLs of all servers, separated by commas. */
  readonly url: string;
  readonly servers: readonly FragileServer[];
}

/**
 * Starts a cluster of nats-servers for one test. It may still elect its leader.
 *
 * @param host the address for clients
 * @param users who may use it, as of `testNats`
 */
export async function testNatsCluster(count = 3, host?: string, users?: readonly NatsUser[]): Promise<TestNatsCluster> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const servers = await Promise.all(
    ports.map((port) => openFragile((options) => startNats({ ...options, host, users, cluster: { port, ports } }))),
  );
  return {
    url: servers.map(({ url }) => url).join(","),
    servers,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}
