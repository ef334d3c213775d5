// oRPC, which calls the service by our mux.
import { OrderService } from "@mesh/contracts/orders/v1";
import { connect } from "@mesh/rpc";
import { allocateYoung } from "@mesh/runtime";
import { startOrpc } from "./orpc-server.mjs";

allocateYoung();

export function startGateway(upstream) {
  const { client } = connect(OrderService, { address: upstream });
  return startOrpc({ placeOrder: (order) => client.placeOrder(order) });
}
