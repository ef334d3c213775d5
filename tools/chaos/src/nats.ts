import type { RunningMesh } from "@mesh/testing/mesh";
import { connect, type NatsConnection } from "nats";

/** Connects to the NATS of a mesh as the developer, who may do everything. */
export function connectTo({ nats }: Pick<RunningMesh, "nats">): Promise<NatsConnection> {
  const { username: user, password: pass } = new URL(nats.url);
  return connect({ servers: nats.url, user, pass, maxReconnectAttempts: -1, waitOnFirstConnect: true });
}
