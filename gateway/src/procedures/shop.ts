import { MeshError } from "@mesh/contracts";
import { GetOrderRequestSchema, type Order, OrderError } from "@mesh/contracts/orders/v1";
import type { Peers } from "../context.ts";
import { procedureFor } from "../trpc.ts";
import type { OrderWithProducts, ShopProcedures } from "./types.ts";

/** Procedures that join services of the shop. */
export const shop: ShopProcedures = {
  orderWithProducts: procedureFor(["orders:read", "catalog:read"], OrderError)
    .input(GetOrderRequestSchema)
    .query(({ ctx, input }) => orderWithProducts(ctx.peers, input)),
};

async function orderWithProducts(peers: Peers, request: { id: string }): Promise<OrderWithProducts> {
  const { order } = await peers.orders.getOrder(request);
  if (!order) throw new MeshError({ code: "INTERNAL", message: "an answer without the order its contract requires" });
  const { products } = await peers.catalog.batchGetProducts({ ids: productIds(order) });
  return { order, products: Object.fromEntries(products.map((product) => [product.id, product])) };
}

/** One call takes 100 ids, and an order has 50 lines at most. */
function productIds(order: Order): string[] {
  return [...new Set(order.lines.map(({ productId }) => productId))];
}
