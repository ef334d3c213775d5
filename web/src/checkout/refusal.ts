import type { OrderErrorReason } from "@mesh/contracts/orders/v1";
import { goneText, shortageText } from "../cart/lines.ts";
import type { CallError } from "../mesh/failure.ts";
import { isPassing, partOf } from "../mesh/failure.ts";

/** The fields of the form, by the contract's names. */
export const contactFields = ["name", "email", "address", "paymentToken"] as const;

/** A field of the form. */
export type ContactField = (typeof contactFields)[number];

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
export function refusalOf(error: CallError, items: readonly OrderedItem[]): Refusal {
  const violations = error.data?.violations ?? [];
  const found = violations.map(({ field, description }) => ({ place: camelCase(field), description }));
  const fields = new Map(
    contactFields.flatMap((name) => {
      const violation = found.find(({ place }) => place === name);
      return violation ? [[name, violation.description] as const] : [];
    }),
  );
  const atItems = new Map<string, string>(
    found.flatMap(({ place, description }) => {
      const item = items[Number(/^items\[(\d+)\]/.exec(place)?.[1] ?? Number.NaN)];
      return item ? [[item.productId, `The quantity ${description}.`] as const] : [];
    }),
  );
  const refused = refusedItem(error, items);
  if (refused) atItems.set(...refused);
  const isSaid = fields.size + atItems.size > 0;
  return { fields, items: atItems, sentence: isSaid ? undefined : sentenceOfRefusal(error) };
}

function refusedItem({ data }: CallError, items: readonly OrderedItem[]): [string, string] | undefined {
  const { productId = "", available = "0" } = data?.metadata ?? {};
  if (isReason(data?.reason, "PRODUCT_UNKNOWN")) return [productId, goneText];
  if (!isReason(data?.reason, "OUT_OF_STOCK")) return undefined;
  const quantity = items.find((item) => item.productId === productId)?.quantity ?? 0;
  return [productId, shortageText(quantity, BigInt(available)) ?? "Sold out."];
}

const sentences: Partial<Record<OrderErrorReason, string>> = {
  IDEMPOTENCY_CONFLICT: "An order from this checkout went through already, and this one differs from it.",
  MIXED_CURRENCIES: "These things are priced in more than one currency. Order them one currency at a time.",
};

/** Whether the key of this checkout has placed another order before: an answer got lost, and the cart was changed. */
export function isConflict({ data }: CallError): boolean {
  return isReason(data?.reason, "IDEMPOTENCY_CONFLICT");
}

function sentenceOfRefusal(error: CallError): string {
  if (isPassing(error))
    return `${partOf(error)} is not reachable. Nothing is lost: try again, it is still the same order.`;
  return sentences[error.data?.reason as OrderErrorReason] ?? `The order was refused: ${error.message}.`;
}

function isReason(reason: string | undefined, expected: OrderErrorReason): boolean {
  return reason === expected;
}

function camelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
