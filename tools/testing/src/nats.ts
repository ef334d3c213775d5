import { startNats } from "@mesh/dev";
import { type FragileServer, openFragile } from "./outage.ts";

/** Starts a nats-server with JetStream for one test. Acknowledged messages survive `kill`. */
export function testNats(): Promise<FragileServer> {
  return openFragile(startNats);
}
