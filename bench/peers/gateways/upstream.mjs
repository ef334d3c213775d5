// The services behind the gateways that call them by grpc-js, each call by hand.
import { Client, credentials } from "@grpc/grpc-js";
import { methods } from "../codecs.mjs";
import { openClient } from "../grpc-js.mjs";

/** Returns `placeOrder(order)`, and `watchStock(request)`, an iterable. */
export function connectServices(address) {
  const { placeOrder } = openClient(address);
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = methods.watchStock;
  return {
    placeOrder,
    watchStock: (request, signal) => {
      const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
      signal?.addEventListener("abort", () => call.cancel(), { once: true });
      return call;
    },
  };
}
