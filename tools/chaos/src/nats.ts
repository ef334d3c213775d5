import type { RunningMesh } from "@mesh/testing/mesh";
import { connect, type NatsConnection } from "nats";

/** Connects to the NATS of a mesh as the developer, who may do everything. */
export function connectTo({ natsServers }: Pick<RunningMesh, "natsServers">): Promise<NatsConnection> {
  const urls = natsServers.map(({ url }) => new URL(url));
  const { username: user = "", password: pass = "" } = urls[0] ?? {};
  // With a login in a URL, the client takes a password that begins with a digit for the port.
  const servers = urls.map(({ host }) => host);
  return connect({ servers, user, pass, maxReconnectAttempts: -1, waitOnFirstConnect: true });
}
