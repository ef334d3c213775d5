import { startNats } from "@mesh/dev";
import { type FragileServer, openFragile } from "./outage.ts";

/** Starts a nats-server with JetStream for one test; what it acknowledged survives `kill`. */
export function testNats(): Promise<FragileServer> {
  return openFragile(startNats);
}
