import type { RunningMesh } from "@mesh/testing/mesh";
import { connect, type NatsConnection } from "nats";

/** Connects to the NATS of a mesh as the developer, who may do everything. */
export function connectTo({ natsServers }: Pick<RunningMesh, "natsServers">): Promise<NatsConnection> {
  const urls = natsServers.map(({ url }) => url);
  const { username: user, password: pass } = new URL(urls[0] ?? "");
  return connect({ servers: urls, user, pass, maxReconnectAttempts: -1, waitOnFirstConnect: true });
}
