import type { NoErrorInfo } from "@mesh/contracts";
import type { CallError } from "@mesh/contracts/client";
import { isPassing } from "@mesh/contracts/client";
import type { OrderErrorInfo } from "@mesh/contracts/orders/v1";
import { goneText, shortageText } from "../cart/lines.ts";
import { limitedForS, partOf, waitSentence } from "../mesh/failure.ts";

/** The fields of the form, with their names in the contract. */
export const contactFields = ["name", "email", "address", "paymentToken"] as const;

/** A field of the form. */
export type ContactField = (typeof contactFields)[number];

/** The error of a call that declares OrderError. */
export type OrderCallError = CallError<OrderErrorInfo | NoErrorInfo>;

/** The reasons why an order was not placed, by their location on the page. */
export interface Refusal {
  /** Errors by field, to follow its label: "must not be empty". */
  readonly fields: ReadonlyMap<ContactField, string>;
  /** Errors by product id. */
  readonly items: ReadonlyMap<string, string>;
  /** A sentence about the whole order. Undefined if the other errors are enough. */
  readonly sentence: string | undefined;
}

interface OrderedItem {
  readonly productId: string;
  readonly quantity: number;
}

/** Sorts the reasons of an error. @param items the items of the attempt */
export function refusalOf(error: OrderCallError, items: readonly OrderedItem[]): Refusal {
  const broken = brokenRules(error, items);
  return broken.fields.size + broken.items.size > 0 ? broken : declaredRefusal(error, items);
}

/** Returns the violated rules of the contract. */
function brokenRules({ data }: OrderCallError, items: readonly OrderedItem[]): Refusal {
  const found = (data?.violations ?? []).map(({ field, description }) => ({ place: camelCase(field), description }));
  const fields = contactFields.flatMap((name) => {
    const violation = found.find(({ place }) => place === name);
    return violation ? [[name, violation.description] as const] : [];
  });
  const atItems = found.flatMap(({ place, description }) => {
    const item = items[Number(/^items\[(\d+)\]/.exec(place)?.[1] ?? Number.NaN)];
    return item ? [[item.productId, `The quantity ${description}.`] as const] : [];
  });
  return { fields: new Map(fields), items: new Map(atItems), sentence: undefined };
}

/** Returns the declared error. A reason that is added to the contract needs a case here. */
function declaredRefusal(error: OrderCallError, items: readonly OrderedItem[]): Refusal {
  const { data } = error;
  switch (data?.reason) {
    case "PRODUCT_UNKNOWN":
      return atItem(data.metadata.productId, goneText);
    case "OUT_OF_STOCK":
      return atItem(data.metadata.productId, shortageOf(data.metadata, items));
    case "IDEMPOTENCY_CONFLICT":
      return inSentence("You have already placed an order from this checkout, with different items.");
    case "MIXED_CURRENCIES":
      return inSentence("These items have prices in different currencies. Please order them separately.");
    // These reasons of the enum do not concern new orders.
    case "ORDER_NOT_FOUND":
    case "NOT_CANCELLABLE":
    case "PAGE_TOKEN_INVALID":
    case "":
    case undefined:
      return inSentence(sentenceOfRefusal(error));
    default:
      // A page that is older than the gateway may receive a newer reason.
      data satisfies never;
      return inSentence(sentenceOfRefusal(error));
  }
}

function atItem(productId: string, problem: string): Refusal {
  return { fields: new Map(), items: new Map([[productId, problem]]), sentence: undefined };
}

function inSentence(sentence: string): Refusal {
  return { fields: new Map(), items: new Map(), sentence };
}

function shortageOf(
  { productId, available }: { readonly productId: string; readonly available: bigint },
  items: readonly OrderedItem[],
): string {
  const quantity = items.find((item) => item.productId === productId)?.quantity ?? 0;
  return shortageText(quantity, available) ?? "Sold out.";
}

/** Returns true if this checkout already placed a different order: a response was lost, and the cart changed. */
export function isConflict({ data }: OrderCallError): boolean {
  return data?.reason === "IDEMPOTENCY_CONFLICT";
}

function sentenceOfRefusal(error: OrderCallError): string {
  const waitS = limitedForS(error);
  if (waitS !== undefined) return `${waitSentence(waitS)} Your order was not placed yet.`;
  if (isPassing(error))
    return `${partOf(error)} is unavailable. Please try again: your order will be placed only once.`;
  return `Your order was not placed: ${error.message}.`;
}

function camelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
