import type { MeshErrorShape, ProcedureMeta, ServiceDefinition } from "@mesh/contracts";
import { CatalogService, type Product } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { type GetOrderRequestInput, type Order, type OrderErrorShape, OrderService } from "@mesh/contracts/orders/v1";
import { PaymentService } from "@mesh/contracts/payments/v1";
import type { TRPCBuiltRouter, TRPCQueryProcedure } from "@trpc/server";

// Browser projects read this file for its types, so it must not import anything that needs Node.

/** The services whose exposed methods are procedures. Each key is the first word of the procedures: `catalog.listProducts`. */
export const services = {
  catalog: CatalogService,
  inventory: InventoryService,
  orders: OrderService,
  payments: PaymentService,
};

/** The procedures written by hand; procedures/ implements them. Spelled out, so that no browser compiles that code. */
export type HandWritten = { readonly shop: ShopProcedures };

/** Procedures that join services of the shop. A type, not an interface: tRPC's records reject interfaces. */
export type ShopProcedures = {
  /** Returns one of the caller's orders with its products. */
  readonly orderWithProducts: TRPCQueryProcedure<{
    input: GetOrderRequestInput;
    output: OrderWithProducts;
    meta: ProcedureMeta;
    errorShape: OrderErrorShape;
  }>;
};

/** An order and the current state of its products. */
export interface OrderWithProducts {
  readonly order: Order;
  /** By id. A product that is no longer on sale is missing; the order's line still has its name and price. */
  readonly products: Readonly<Record<string, Product>>;
}

type Services = typeof services;
type ProceduresOf<S> = S extends ServiceDefinition<infer T> ? T["procedures"] : never;
type Root = { ctx: object; meta: ProcedureMeta; errorShape: MeshErrorShape; transformer: true };

/** All procedures of the gateway, for tRPC clients: `createTRPCClient<AppRouter>(…)`. */
export type AppRouter = TRPCBuiltRouter<Root, { [K in keyof Services]: ProceduresOf<Services[K]> } & HandWritten>;
