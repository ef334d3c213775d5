import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FieldViolation, MeshErrorShape, Resumable, Tracked } from "@mesh/contracts";
import type { GetProductResponse, ListProductsRequestInput } from "@mesh/contracts/catalog/v1";
import { CatalogError, GetProductRequestSchema } from "@mesh/contracts/catalog/v1";
import {
  OrderError,
  type OrderErrorShape,
  type PlaceOrderRequestInput,
  PlaceOrderRequestSchema,
  type PlaceOrderResponse,
  type WatchOrderRequestInput,
  type WatchOrderResponse,
} from "@mesh/contracts/orders/v1";
import type { TRPCClient, TRPCClientErrorLike } from "@trpc/client";
import type {
  AnyTRPCProcedure,
  inferProcedureErrorShape,
  inferRouterError,
  inferRouterInputs,
  inferRouterOutputs,
  tracked,
} from "@trpc/server";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import type { ProcedureContext } from "./calls/procedure-call.ts";
import { handWritten } from "./procedures/hand-written.ts";
import { type AppRouter, services } from "./router.ts";
import { buildRouter, createRouter, procedureBuilder } from "./trpc/procedure.ts";

type TrackedEnvelope<Data> = ReturnType<typeof tracked<Data>>;
type Kinds = Record<string, "query" | "mutation" | "subscription">;

/** Returns the type of each procedure at run time. */
function builtKinds(): Kinds {
  const upstreams = Object.fromEntries(Object.keys(services).map((name) => [name, { method: () => () => undefined }]));
  const { procedures } = buildRouter(
    services,
    upstreams,
    handWritten(procedureBuilder<ProcedureContext<typeof services>>()),
  )._def;
  return Object.fromEntries(
    Object.entries(procedures as Record<string, AnyTRPCProcedure>).map(([path, procedure]) => [
      path,
      procedure._def.type,
    ]),
  );
}

/** Returns the type of each procedure of a service, from the generated types. */
function declaredKinds(name: keyof typeof services): Kinds {
  const barrel = fileURLToPath(import.meta.resolve(`@mesh/contracts/${name}/v1`));
  const types = readFileSync(barrel.replace(/index\.js$/, `${name}.services.d.ts`), "utf8");
  const declared = types.matchAll(/^ {2}(\w+): TRPC(Query|Mutation|Subscription)Procedure</gm);
  return Object.fromEntries([...declared].map(([, key, kind]) => [`${name}.${key}`, kind?.toLowerCase()])) as Kinds;
}

describe("AppRouter", () => {
  it("matches the router at run time: the same procedures of the same kinds", () => {
    const generated = Object.keys(services).map((name) => declaredKinds(name as keyof typeof services));
    const byHand: { [K in keyof AppRouter["shop"]]: AppRouter["shop"][K]["_def"]["type"] } = {
      orderWithProducts: "query",
    };
    const written = Object.entries(byHand).map(([key, kind]) => [`shop.${key}`, kind] as const);
    expect(builtKinds()).toEqual(Object.assign({}, ...generated, Object.fromEntries(written)));
  });

  it("has the procedures that the contracts expose, and no others", () => {
    const kinds = builtKinds();
    expect(kinds).toMatchObject({
      "catalog.listProducts": "query",
      "orders.placeOrder": "mutation",
      "orders.watchOrder": "subscription",
      "inventory.watchStock": "subscription",
    });
    for (const inside of ["catalog.createProduct", "catalog.importProducts", "inventory.countStock", "orders.then"]) {
      expect(kinds).not.toHaveProperty([inside]);
    }
  });

  it("has the inputs and outputs of the contracts", () => {
    expectTypeOf<inferRouterInputs<AppRouter>["orders"]["placeOrder"]>().toEqualTypeOf<PlaceOrderRequestInput>();
    expectTypeOf<inferRouterOutputs<AppRouter>["orders"]["placeOrder"]>().toEqualTypeOf<PlaceOrderResponse>();
    expectTypeOf<inferRouterInputs<AppRouter>["catalog"]["listProducts"]>().toEqualTypeOf<ListProductsRequestInput>();
    expectTypeOf<inferRouterError<AppRouter>>().toEqualTypeOf<MeshErrorShape>();
    type Violations = NonNullable<TRPCClientErrorLike<AppRouter>["data"]>["violations"];
    expectTypeOf<Violations>().toEqualTypeOf<readonly FieldViolation[]>();
  });

  it("looks to a client like a router written by hand", () => {
    const procedureFor = procedureBuilder();
    const absent = async () => Promise.reject<never>(new Error("never called"));
    const byHand = createRouter({
      catalog: {
        getProduct: procedureFor([], CatalogError).input(GetProductRequestSchema).query<GetProductResponse>(absent),
      },
      orders: {
        placeOrder: procedureFor([], OrderError).input(PlaceOrderRequestSchema).mutation<PlaceOrderResponse>(absent),
        watchOrder: procedureFor([], OrderError)
          .input(z.custom<Resumable<WatchOrderRequestInput>>())
          .subscription(async function* (): AsyncGenerator<TrackedEnvelope<WatchOrderResponse>, void, unknown> {}),
      },
    });
    type Ours = TRPCClient<AppRouter>;
    type Theirs = TRPCClient<typeof byHand>;
    type Query = "getProduct";
    expectTypeOf<Ours["catalog"][Query]["query"]>().parameters.toEqualTypeOf<
      Parameters<Theirs["catalog"][Query]["query"]>
    >();
    expectTypeOf<Awaited<ReturnType<Ours["catalog"][Query]["query"]>>>().toEqualTypeOf<GetProductResponse>();
    expectTypeOf<Parameters<Ours["orders"]["placeOrder"]["mutate"]>>().toEqualTypeOf<
      Parameters<Theirs["orders"]["placeOrder"]["mutate"]>
    >();
    expectTypeOf<Awaited<ReturnType<Ours["orders"]["placeOrder"]["mutate"]>>>().toEqualTypeOf<PlaceOrderResponse>();
    type OurError = inferProcedureErrorShape<AppRouter, AppRouter["orders"]["placeOrder"]>;
    type TheirError = inferProcedureErrorShape<typeof byHand, (typeof byHand)["orders"]["placeOrder"]>;
    expectTypeOf<OurError>().toExtend<TheirError>();
    expectTypeOf<TheirError>().toExtend<OurError>();
    type Watched = Parameters<Ours["orders"]["watchOrder"]["subscribe"]>;
    expectTypeOf<Watched[0]>().toEqualTypeOf<Parameters<Theirs["orders"]["watchOrder"]["subscribe"]>[0]>();
    type Seen = Parameters<NonNullable<Watched[1]["onData"]>>[0];
    expectTypeOf<Seen>().toEqualTypeOf<Tracked<WatchOrderResponse>>();
    type Failed = Parameters<NonNullable<Watched[1]["onError"]>>[0]["data"];
    expectTypeOf<Failed>().toEqualTypeOf<OrderErrorShape["data"] | null | undefined>();
  });
});
