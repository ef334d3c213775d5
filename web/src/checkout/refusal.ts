import type { NoErrorInfo } from "@mesh/contracts";
import type { OrderErrorInfo } from "@mesh/contracts/orders/v1";
import { goneText, shortageText } from "../cart/lines.ts";
import type { CallError } from "../mesh/failure.ts";
import { isPassing, partOf } from "../mesh/failure.ts";

/** The fields of the form, by the contract's names. */
export const contactFields = ["name", "email", "address", "paymentToken"] as const;

/** A field of the form. */
export type ContactField = (typeof contactFields)[number];

/** What a call that declares OrderError fails with. */
export type OrderCallError = CallError<OrderErrorInfo | NoErrorInfo>;

/** Why an order was not placed, sorted by where on the page it is said. */
export interface Refusal {
  /** What follows the label of a field: "must not be empty". */
  readonly fields: ReadonlyMap<ContactField, string>;
  /** By product. */
  readonly items: ReadonlyMap<string, string>;
  /** What is said once for all; undefined: the rest says it. */
  readonly sentence: string | undefined;
}

interface OrderedItem {
  readonly productId: string;
  readonly quantity: number;
}

/** Reads a refusal; `items`: what was to be ordered. */
export function refusalOf(error: OrderCallError, items: readonly OrderedItem[]): Refusal {
  const broken = brokenRules(error, items);
  return broken.fields.size + broken.items.size > 0 ? broken : declaredRefusal(error, items);
}

/** The rules of the contract that the order breaks. */
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

/** What the contract declares; a reason that is added to it has to be given its place here. */
function declaredRefusal(error: OrderCallError, items: readonly OrderedItem[]): Refusal {
  const { data } = error;
  switch (data?.reason) {
    case "PRODUCT_UNKNOWN":
      return atItem(data.metadata.productId, goneText);
    case "OUT_OF_STOCK":
      return atItem(data.metadata.productId, shortageOf(data.metadata, items));
    case "IDEMPOTENCY_CONFLICT":
      return inSentence("An order from this checkout went through already, and this one differs from it.");
    case "MIXED_CURRENCIES":
      return inSentence("These things are priced in more than one currency. Order them one currency at a time.");
    // Of the same enum, but not about an order that is placed.
    case "ORDER_NOT_FOUND":
    case "NOT_CANCELLABLE":
    case "PAGE_TOKEN_INVALID":
    case "":
    case undefined:
      return inSentence(sentenceOfRefusal(error));
    default:
      // A page that is older than the gateway may still meet one.
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
  { productId, available }: { readonly productId: string; readonly available: string },
  items: readonly OrderedItem[],
): string {
  const quantity = items.find((item) => item.productId === productId)?.quantity ?? 0;
  return shortageText(quantity, BigInt(available)) ?? "Sold out.";
}

/** Whether the key of this checkout has placed another order before: an answer got lost, and the cart was changed. */
export function isConflict({ data }: OrderCallError): boolean {
  return data?.reason === "IDEMPOTENCY_CONFLICT";
}

function sentenceOfRefusal(error: OrderCallError): string {
  if (isPassing(error))
    return `${partOf(error)} is not reachable. Nothing is lost: try again, it is still the same order.`;
  return `The order was refused: ${error.message}.`;
}

function camelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
