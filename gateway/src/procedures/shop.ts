import { MeshError } from "@mesh/contracts";
import { GetOrderRequestSchema, type Order, OrderError } from "@mesh/contracts/orders/v1";
import type { PeerClients } from "@mesh/rpc";
import type { ProcedureContext } from "../calls/procedure-call.ts";
import type { OrderWithProducts, ShopProcedures, services } from "../router.ts";
import type { ProcedureBuilder } from "../trpc/procedure.ts";

type Peers = PeerClients<typeof services>;

/** Implements the procedures that join services of the shop. */
export function shop(procedureFor: ProcedureBuilder<ProcedureContext<typeof services>>): ShopProcedures {
  return {
    orderWithProducts: procedureFor(["orders:read", "catalog:read"], OrderError)
      .input(GetOrderRequestSchema)
      .query(({ ctx, input }) => orderWithProducts(ctx.peers, input)),
  };
}

async function orderWithProducts(peers: Peers, request: { id: string }): Promise<OrderWithProducts> {
  const { order } = await peers.orders.getOrder(request);
  if (!order) throw new MeshError({ code: "INTERNAL", message: "GetOrder returned no order" });
  const { products } = await peers.catalog.batchGetProducts({ ids: productIds(order) });
  return { order, products: Object.fromEntries(products.map((product) => [product.id, product])) };
}

/** One call takes 100 ids, and an order has at most 50 lines. */
function productIds(order: Order): string[] {
  return [...new Set(order.lines.map(({ productId }) => productId))];
}
