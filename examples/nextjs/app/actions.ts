"use server";
import { randomUUID } from "node:crypto";
import { errorDataOf, isPassing } from "@acme/shop-client";
import { PlaceOrderRequestSchema } from "@acme/shop-client/orders/v1";
import { updateTag } from "next/cache";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { stockTag } from "../mesh/catalog.ts";
import { actAsCustomer } from "../mesh/customer.ts";
import { readSetCookie } from "../mesh/set-cookie.ts";
import { gatewayUrl } from "../mesh/url.ts";

/** What a form shows after an attempt. */
export interface OrderState {
  /** The same until the shop answers, so that an order whose answer was lost is not placed twice. */
  readonly idempotencyKey: string;
  /** What the fields have, by their names: a form is reset after its action. */
  readonly values: Readonly<Record<string, string>>;
  /** What is wrong, by the name of the field. */
  readonly faults: Readonly<Record<string, string>>;
  readonly problem: string;
}

const fieldNames = ["quantity", "name", "email", "address", "paymentToken"];

/** Places an order of one product, and shows the customer's orders. The contract checks the fields. */
export async function placeOrder({ idempotencyKey }: OrderState, form: FormData): Promise<OrderState> {
  const productId = String(form.get("productId"));
  const values = Object.fromEntries(fieldNames.map((name) => [name, String(form.get(name))]));
  const { quantity, ...fields } = values;
  const items = [{ productId, quantity: Number(quantity) }];
  const request = PlaceOrderRequestSchema.safeParse({ ...fields, items, idempotencyKey });
  if (!request.success) {
    const faults = request.error.issues.map(({ path, message }) => [String(path.at(-1)), message] as const);
    return { idempotencyKey, values, faults: Object.fromEntries(faults), problem: "" };
  }
  try {
    await (await actAsCustomer()).orders.placeOrder.mutate(request.data);
  } catch (error) {
    updateTag(stockTag(productId));
    const isSameOrder = isPassing(error as Error);
    const key = isSameOrder ? idempotencyKey : randomUUID();
    return { idempotencyKey: key, values, faults: {}, problem: problemOf(error) };
  }
  updateTag(stockTag(productId));
  redirect("/orders");
}

/** The reasons are those of the contract, and each has its own metadata. */
function problemOf(error: unknown): string {
  const data = errorDataOf(error, "orders.placeOrder");
  switch (data?.reason) {
    case "OUT_OF_STOCK":
      return `Only ${data.metadata.available} of ${data.metadata.requested} are left.`;
    case "PRODUCT_UNKNOWN":
      return "This product is no longer for sale.";
    default:
      return isPassing(error as Error)
        ? "The shop does not respond. Try again: it is ordered once."
        : "This did not work.";
  }
}

/** Ends the session at the gateway. */
export async function signOut(): Promise<void> {
  const jar = await cookies();
  const response = await fetch(`${gatewayUrl}/auth/logout`, {
    method: "POST",
    headers: { cookie: jar.toString() },
    redirect: "manual",
  });
  for (const text of response.headers.getSetCookie()) jar.set(readSetCookie(text));
  redirect("/");
}
