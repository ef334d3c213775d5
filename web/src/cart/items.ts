/** A quantity of a product. */
export interface CartItem {
  readonly productId: string;
  readonly quantity: number;
}

/** The maximum quantity of a product in an order, as in orders.proto. */
export const maxQuantity = 1000;

/** The most different products that an order takes; orders.proto says so. */
export const maxItems = 50;

function clamp(quantity: number): number {
  return Math.min(Math.max(Math.trunc(quantity) || 1, 1), maxQuantity);
}

/** Adds a quantity of a product. A cart that is full of other products stays unchanged. */
export function withMore(items: readonly CartItem[], productId: string, quantity: number): readonly CartItem[] {
  const known = items.find((item) => item.productId === productId);
  if (known) return withQuantity(items, productId, known.quantity + quantity);
  if (items.length >= maxItems) return items;
  return [...items, { productId, quantity: clamp(quantity) }];
}

/** Sets the quantity of a product in the cart, within the limits of an order. */
export function withQuantity(items: readonly CartItem[], productId: string, quantity: number): readonly CartItem[] {
  return items.map((item) => (item.productId === productId ? { productId, quantity: clamp(quantity) } : item));
}

/** Takes a product out. */
export function without(items: readonly CartItem[], productId: string): readonly CartItem[] {
  return items.filter((item) => item.productId !== productId);
}

/** Returns the total quantity. */
export function countOf(items: readonly CartItem[]): number {
  return items.reduce((count, item) => count + item.quantity, 0);
}

/** Reads what `JSON.stringify` made of a cart, once; what is no item, or too much, is left out. */
export function parseItems(text: string | null): readonly CartItem[] {
  const found = parseList(text).filter(isItem);
  return found.reduce<readonly CartItem[]>((items, item) => withMore(items, item.productId, item.quantity), []);
}

function parseList(text: string | null): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function isItem(value: unknown): value is CartItem {
  if (typeof value !== "object" || value === null) return false;
  const { productId, quantity } = value as Partial<Record<keyof CartItem, unknown>>;
  return typeof productId === "string" && uuid.test(productId) && typeof quantity === "number";
}
