// oRPC, which calls the service by grpc-js.
import { startOrpc } from "./orpc-server.mjs";
import { connectServices } from "./upstream.mjs";

export function startGateway(upstream) {
  return startOrpc(connectServices(upstream));
}
