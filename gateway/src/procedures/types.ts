import type { ProcedureMeta } from "@mesh/contracts";
import type { Product } from "@mesh/contracts/catalog/v1";
import type { GetOrderRequestInput, Order, OrderErrorShape } from "@mesh/contracts/orders/v1";
import type { TRPCQueryProcedure } from "@trpc/server";

// What the procedures written by hand take and give, spelt out like the generated ones: the browser's project reads
// this, and would otherwise have to check their code, with all that it imports.

/** An order and what its products are like now. */
export interface OrderWithProducts {
  readonly order: Order;
  /** By id; a product that was taken off sale since is missing: the order's line still has its name and price. */
  readonly products: Readonly<Record<string, Product>>;
}

/** Procedures that join services of the shop. A type, not an interface: tRPC's records refuse interfaces. */
export type ShopProcedures = {
  /** One order of the caller's with its products. */
  readonly orderWithProducts: TRPCQueryProcedure<{
    input: GetOrderRequestInput;
    output: OrderWithProducts;
    meta: ProcedureMeta;
    errorShape: OrderErrorShape;
  }>;
};
