import { zodResolver } from "@hookform/resolvers/zod";
import {
  type PlaceOrderRequest,
  type PlaceOrderRequestInput,
  PlaceOrderRequestSchema,
} from "@mesh/contracts/orders/v1";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type Resolver, useForm } from "react-hook-form";
import { storage } from "../browser-storage.ts";
import type { CartItem } from "../cart/items.ts";
import { cart } from "../cart/use-cart.ts";
import { api, queryClient } from "../mesh/client.ts";
import { retryMutation } from "../mesh/retry.ts";
import { attemptKey, endAttempt } from "./attempt.ts";
import { refusalOf } from "./refusal.ts";

const check = zodResolver(PlaceOrderRequestSchema);

const empty = { idempotencyKey: "", items: [], paymentToken: "tok_ok", email: "", name: "", address: "" };

/** The checkout form, validated with the schema of the contract. */
export function useCheckout(items: readonly CartItem[]) {
  const order = usePlaceOrder();
  const complete = (values: PlaceOrderRequestInput): PlaceOrderRequestInput => {
    return { ...values, items: [...items], idempotencyKey: attemptKey(storage) };
  };
  // The form holds the typed values. The cart and the key are added when it is submitted.
  const resolver: Resolver<PlaceOrderRequestInput, unknown, PlaceOrderRequest> = (values, context, options) =>
    check(complete(values), context, options);
  const form = useForm<PlaceOrderRequestInput, unknown, PlaceOrderRequest>({
    resolver,
    defaultValues: empty,
    mode: "onTouched",
  });

  const submit = form.handleSubmit((request) =>
    order.mutate(request, {
      onError: (error) => {
        const { fields } = refusalOf(error, request.items);
        for (const [name, message] of fields) form.setError(name, { message }, { shouldFocus: true });
      },
    }),
  );
  return { form, order, submit };
}

function usePlaceOrder() {
  const navigate = useNavigate();
  return useMutation(
    api.orders.placeOrder.mutationOptions({
      retry: retryMutation,
      // The stock may be the reason for the error.
      onError: () => queryClient.invalidateQueries(api.inventory.pathFilter()),
      onSuccess: async ({ order }) => {
        endAttempt(storage);
        await navigate({ to: "/orders/$id", params: { id: order.id }, replace: true });
        cart.update(() => []);
        await queryClient.invalidateQueries(api.orders.listOrders.pathFilter());
      },
    }),
  );
}
