import type { MeshErrorShape, ProcedureMeta, ServiceDefinition } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { OrderService } from "@mesh/contracts/orders/v1";
import type { TRPCBuiltRouter } from "@trpc/server";
import type { ShopProcedures } from "./procedures/types.ts";

// The browser's project reads this file for its types: nothing it imports may need Node's.

/** The services whose exposed methods are procedures, by the name they go by in the mesh: `catalog.listProducts`. */
export const services = {
  catalog: CatalogService,
  inventory: InventoryService,
  orders: OrderService,
};

/** The procedures written by hand, by what they take and give; what they do stands in procedures/. */
type HandWritten = { readonly shop: ShopProcedures };

type Services = typeof services;
type ProceduresOf<S> = S extends ServiceDefinition<infer T> ? T["procedures"] : never;
type Root = { ctx: object; meta: ProcedureMeta; errorShape: MeshErrorShape; transformer: true };

/** Everything the gateway offers, for tRPC's clients: `createTRPCClient<AppRouter>(…)`. */
export type AppRouter = TRPCBuiltRouter<Root, { [K in keyof Services]: ProceduresOf<Services[K]> } & HandWritten>;
