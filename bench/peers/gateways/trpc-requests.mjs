// The requests of tRPC's clients.
import { order, streamLength, watched } from "../messages.mjs";

/** @param prefix the path of the router */
export function trpcRequests(prefix) {
  const json = encodeURIComponent(JSON.stringify(watched));
  return {
    call: {
      method: "POST",
      path: `${prefix}/orders.placeOrder`,
      body: JSON.stringify(order),
      expected: '{"result":{"data":{',
    },
    subscription: { method: "GET", path: `${prefix}/inventory.watchStock?input=${json}`, messages: streamLength },
  };
}
