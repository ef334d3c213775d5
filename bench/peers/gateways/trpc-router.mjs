// A router of tRPC whose procedures call the services by grpc-js. The transformer is ours, so that the bytes are equal.
import { initTRPC } from "@trpc/server";
import { transformer } from "../../../shared/contracts/src/transformer.ts";
import { placeOrderRequest, watchStockRequest } from "./schemas.mjs";
import { connectServices } from "./upstream.mjs";

export function trpcRouter(address) {
  const { placeOrder, watchStock } = connectServices(address);
  const t = initTRPC.create({ transformer, sse: { client: { reconnectAfterInactivityMs: 4_000 } } });
  return t.router({
    orders: t.router({
      placeOrder: t.procedure.input(placeOrderRequest).mutation(({ input }) => placeOrder(input)),
    }),
    inventory: t.router({
      watchStock: t.procedure.input(watchStockRequest).subscription(async function* ({ input, signal }) {
        yield* watchStock(input, signal);
      }),
    }),
  });
}
