import type { NoErrorInfo } from "@mesh/contracts";
import type { CallError } from "@mesh/contracts/client";
import type { OrderErrorInfo, OrderErrorReason } from "@mesh/contracts/orders/v1";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { expectTypeOf, test } from "vitest";
import type { api } from "./client.ts";

// These are checked by the compiler; at run time they do nothing. The hooks are never called.

type Api = typeof api;
type DataOf<E> = NonNullable<E extends { readonly data?: infer D } ? D : never>;

test("a mutation's error has the reasons of its contract, and the metadata of each", () => {
  const usePlaceOrder = (procedures: Api) => useMutation(procedures.orders.placeOrder.mutationOptions());
  type Failure = NonNullable<ReturnType<typeof usePlaceOrder>["error"]>;
  expectTypeOf<DataOf<Failure>["reason"]>().toEqualTypeOf<OrderErrorReason | "">();
  expectTypeOf<Extract<DataOf<Failure>, { readonly reason: "OUT_OF_STOCK" }>["metadata"]>().toEqualTypeOf<{
    readonly productId: string;
    readonly requested: number;
    readonly available: bigint;
  }>();
  expectTypeOf<Failure>().toExtend<CallError<OrderErrorInfo | NoErrorInfo>>();
  expectTypeOf<Failure>().toExtend<CallError>();
});

test("so has the error of a query, a handwritten procedure and a subscription", () => {
  const useOrder = (procedures: Api) => useQuery(procedures.shop.orderWithProducts.queryOptions({ id: "" }));
  const useSteps = (procedures: Api) => useSubscription(procedures.orders.watchOrder.subscriptionOptions({ id: "" }));
  type Asked = NonNullable<ReturnType<typeof useOrder>["error"]>;
  type Watched = NonNullable<ReturnType<typeof useSteps>["error"]>;
  expectTypeOf<DataOf<Asked>["reason"]>().toEqualTypeOf<OrderErrorReason | "">();
  expectTypeOf<DataOf<Watched>["reason"]>().toEqualTypeOf<OrderErrorReason | "">();
});

test("a procedure that declares no errors has no reason", () => {
  const useStock = (procedures: Api) => useQuery(procedures.inventory.batchGetStock.queryOptions({ productIds: [] }));
  type Failure = NonNullable<ReturnType<typeof useStock>["error"]>;
  expectTypeOf<DataOf<Failure>["reason"]>().toEqualTypeOf<"">();
});

test("a new reason breaks an exhaustive switch", () => {
  type Added = { readonly reason: "ADDED"; readonly domain: "d"; readonly metadata: Readonly<Record<string, never>> };
  const knowing = ({ data }: CallError<OrderErrorInfo | NoErrorInfo | Added>) => {
    switch (data?.reason) {
      case "PRODUCT_UNKNOWN":
      case "OUT_OF_STOCK":
        return data.metadata.productId;
      case "ORDER_NOT_FOUND":
      case "NOT_CANCELLABLE":
        return data.metadata.orderId;
      case "IDEMPOTENCY_CONFLICT":
      case "MIXED_CURRENCIES":
      case "PAGE_TOKEN_INVALID":
      case "":
        return data.code;
      case undefined:
        return undefined;
      default:
        // @ts-expect-error ADDED has no place here
        return data satisfies never;
    }
  };
  expectTypeOf(knowing).toBeFunction();
});
