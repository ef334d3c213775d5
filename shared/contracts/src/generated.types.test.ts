import type { Money, MoneyInput } from "@mesh/contracts/mesh/v1";
import type { CatalogServiceProcedures } from "@mesh/contracts/testing/catalog/v1";
import type {
  ListOrdersRequestInput,
  Order,
  OrderError,
  OrderErrorInfo,
  OrderErrorReason,
  OrderErrorShape,
  OrderInput,
  OrderPlaced,
  OrderPlaced as OrderPlacedEvent,
  OrderPlacedInput,
  OrderSchema,
  OrderServiceClient,
  OrderServiceHandlers,
  OrderServiceProcedures,
  OrderServiceTypes,
  OrderStatus,
  OrderStep,
  OrderStepSchema,
  PlaceOrderRequest,
  PlaceOrderRequestInput,
  PlaceOrderRequestSchema,
  PlaceOrderResponse,
  WatchOrderRequestInput,
  WatchOrderResponse,
} from "@mesh/contracts/testing/orders/v1";
import type { inferProcedureInput, inferProcedureOutput, inferSubscriptionOutput } from "@trpc/server";
import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { ErrorExtras, MeshError, MetadataValue, NoErrorInfo } from "./error.ts";
import type { EventDefinition } from "./event.ts";
import type { MeshErrorShape, Resumable, Tracked } from "./procedure.ts";
import type { CallOptions, ClientOf, HandlersOf } from "./service.ts";

// These are checked by the compiler; at run time they do nothing.

test("the output of a schema has the type of ts-proto, and its input leaves out optional fields", () => {
  expectTypeOf<z.output<typeof OrderSchema>>().toEqualTypeOf<Order>();
  expectTypeOf<z.output<typeof OrderStepSchema>>().toEqualTypeOf<OrderStep>();
  expectTypeOf<z.output<typeof PlaceOrderRequestSchema>>().toEqualTypeOf<PlaceOrderRequest>();
  expectTypeOf<z.input<typeof PlaceOrderRequestSchema>>().toEqualTypeOf<PlaceOrderRequestInput>();
});

test("values keep their exact types", () => {
  expectTypeOf<Money["minorUnits"]>().toEqualTypeOf<bigint>();
  expectTypeOf<Order["placedAt"]>().toEqualTypeOf<Date>();
  expectTypeOf<Order["status"]>().toEqualTypeOf<OrderStatus>();
  expectTypeOf<OrderStep["event"]["$case"]>().toEqualTypeOf<"placed" | "confirmed" | "cancelled" | "refunded">();
});

test("an input leaves out exactly the fields whose default the rules accept", () => {
  expectTypeOf<MoneyInput>().toEqualTypeOf<{ minorUnits?: bigint | undefined; currency: string }>();
  expectTypeOf<ListOrdersRequestInput>().toEqualTypeOf<{
    pageSize?: number | undefined;
    pageToken?: string | undefined;
  }>();
  expectTypeOf<Record<never, never>>().toExtend<ListOrdersRequestInput>();
  expectTypeOf<Omit<PlaceOrderRequestInput, "email">>().not.toExtend<PlaceOrderRequestInput>();
  expectTypeOf<OrderPlacedInput["total"]>().toEqualTypeOf<MoneyInput>();
  expectTypeOf<Order>().toExtend<OrderInput>();
});

test("a service is implemented and called by explicit types", () => {
  interface Context {
    readonly who: string;
  }
  expectTypeOf<HandlersOf<OrderServiceTypes, Context>>().toEqualTypeOf<OrderServiceHandlers<Context>>();
  expectTypeOf<ClientOf<OrderServiceTypes>>().toEqualTypeOf<OrderServiceClient>();
  expectTypeOf<OrderServiceHandlers<Context>["placeOrder"]>().toEqualTypeOf<
    (request: PlaceOrderRequest, context: Context) => Promise<PlaceOrderResponse>
  >();
  expectTypeOf<OrderServiceClient["placeOrder"]>().toEqualTypeOf<
    (request: PlaceOrderRequestInput, options?: CallOptions) => Promise<PlaceOrderResponse>
  >();
  expectTypeOf<ReturnType<OrderServiceClient["watchOrder"]>>().toEqualTypeOf<AsyncIterable<WatchOrderResponse>>();
});

test("tRPC reads input, output and errors of the procedures", () => {
  type PlaceOrder = OrderServiceProcedures["placeOrder"];
  expectTypeOf<inferProcedureInput<PlaceOrder>>().toEqualTypeOf<PlaceOrderRequestInput>();
  expectTypeOf<inferProcedureOutput<PlaceOrder>>().toEqualTypeOf<PlaceOrderResponse>();
  type WatchOrder = OrderServiceProcedures["watchOrder"];
  expectTypeOf<inferSubscriptionOutput<WatchOrder>>().toEqualTypeOf<Tracked<WatchOrderResponse>>();
  expectTypeOf<inferProcedureInput<WatchOrder>>().toEqualTypeOf<Resumable<WatchOrderRequestInput>>();
  expectTypeOf<PlaceOrder["_def"]["type"]>().toEqualTypeOf<"mutation">();
  expectTypeOf<OrderServiceProcedures["getOrder"]["_def"]["type"]>().toEqualTypeOf<"query">();
  expectTypeOf<PlaceOrder["_def"]["$types"]["errorShape"]>().toEqualTypeOf<OrderErrorShape>();
  type BatchGetProducts = CatalogServiceProcedures["batchGetProducts"];
  expectTypeOf<BatchGetProducts["_def"]["$types"]["errorShape"]>().toEqualTypeOf<MeshErrorShape<NoErrorInfo>>();
});

test("the error of a procedure narrows on its reason, with the metadata of each", () => {
  type Told = OrderErrorShape["data"];
  type ToldOf<R extends Told["reason"]> = Extract<Told, { readonly reason: R }>;
  expectTypeOf<Told["reason"]>().toEqualTypeOf<OrderErrorReason | "">();
  expectTypeOf<Told["domain"]>().toEqualTypeOf<"orders.v1.OrderError" | "">();
  expectTypeOf<ToldOf<"OUT_OF_STOCK">["metadata"]>().toEqualTypeOf<{
    readonly productId: string;
    readonly requested: number;
    readonly available: bigint;
  }>();
  expectTypeOf<ToldOf<"MIXED_CURRENCIES">["metadata"]>().toEqualTypeOf<Readonly<Record<string, never>>>();
  expectTypeOf<ToldOf<"OUT_OF_STOCK">["retryAfterMs"]>().toEqualTypeOf<number | undefined>();
  // @ts-expect-error only some reasons have it
  const early = (data: Told) => data.metadata.productId;
  expectTypeOf(early).toBeFunction();
  // What takes any procedure's error takes this one's.
  expectTypeOf<OrderErrorShape>().toExtend<MeshErrorShape>();
});

test("a switch over the reasons must handle all of them", () => {
  const known = (data: OrderErrorShape["data"]): string => {
    switch (data.reason) {
      case "ORDER_NOT_FOUND":
      case "NOT_CANCELLABLE":
        return data.metadata.orderId;
      case "PRODUCT_UNKNOWN":
      case "OUT_OF_STOCK":
        return data.metadata.productId;
      case "IDEMPOTENCY_CONFLICT":
      case "MIXED_CURRENCIES":
      case "PAGE_TOKEN_INVALID":
      case "":
        return data.code;
      default:
        return data satisfies never;
    }
  };
  type Added = { readonly reason: "ADDED"; readonly domain: "orders.v1.OrderError"; readonly metadata: { x: string } };
  const grown = (data: MeshErrorShape<Added | Extract<OrderErrorInfo, { reason: "OUT_OF_STOCK" }>>["data"]) => {
    switch (data.reason) {
      case "OUT_OF_STOCK":
        return data.metadata.available;
      default:
        // @ts-expect-error ADDED has no place here
        return data satisfies never;
    }
  };
  expectTypeOf(known).returns.toEqualTypeOf<string>();
  expectTypeOf(grown).toBeFunction();
});

test("the reasons of an error that another service threw are typed, too", () => {
  const caught = (error: unknown, catalogue: typeof OrderError) => {
    if (!catalogue.has(error) || error.reason !== "OUT_OF_STOCK") return undefined;
    return error.metadata.available;
  };
  expectTypeOf(caught).returns.toEqualTypeOf<bigint | undefined>();
});

test("an event and an error are values of a catalogue", () => {
  expectTypeOf<typeof OrderPlacedEvent>().toEqualTypeOf<EventDefinition<OrderPlaced, OrderPlacedInput>>();
  expectTypeOf<typeof OrderError.outOfStock>().parameter(0).toEqualTypeOf<{
    readonly productId: MetadataValue;
    readonly requested: number;
    readonly available: bigint;
  }>();
  expectTypeOf<typeof OrderError.outOfStock>().parameter(1).toEqualTypeOf<ErrorExtras | undefined>();
  expectTypeOf<ReturnType<typeof OrderError.outOfStock>>().toEqualTypeOf<MeshError>();
});
