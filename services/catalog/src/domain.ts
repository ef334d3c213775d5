import { createHash, type Hash } from "node:crypto";
import { invalidArgument } from "@mesh/contracts";
import type { Product, UpdateProductRequest } from "@mesh/contracts/catalog/v1";
import type { Money } from "@mesh/contracts/mesh/v1";
import { canonical } from "@mesh/service";

/** The price of a product. @throws MeshError INVALID_ARGUMENT unless it is above zero */
export function priceOf({ price }: Pick<Product, "price">): Money {
  if (!price || price.minorUnits <= 0n) throw invalidArgument("price.minor_units", "must be above zero");
  return price;
}

/**
 * The words of a text, as they are stored and looked for: what is no letter and no digit separates them. Found here and
 * not by PostgreSQL, which takes `example.com` and `2.5` for one word each, and `Ü` and `ü` for two letters where its
 * locale is C.
 */
export function wordsOf(text: string): string[] {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.map((word) => [...word].slice(0, maxWordLength).join(""));
}

/** No query is longer, and PostgreSQL takes no word above 2,046 bytes. */
const maxWordLength = 100;

/** A product that was just added. */
export function newProduct(product: Pick<Product, "id" | "name" | "description" | "category" | "price">): Product {
  const { name, description, category } = product;
  const [id, now] = [canonical(product.id), new Date()];
  return { id, name, description, category, price: priceOf(product), revision: 1n, createdAt: now, updatedAt: now };
}

/** A product with the fields changed that the mask names. */
export function withChanges(product: Product, { product: changes, updateMask }: UpdateProductRequest): Product {
  // The contract's rules admit the names of these fields only.
  const fields = (updateMask ?? []) as ("name" | "description" | "category" | "price")[];
  const changed = Object.fromEntries(fields.map((field) => [field, changes[field]]));
  const result = { ...product, ...changed, revision: product.revision + 1n, updatedAt: new Date() };
  return { ...result, price: priceOf(result) };
}

/** Hashes the ids of an import, in their order of arrival. */
export function importChecksum(): { add(products: readonly Product[]): void; bytes(): Uint8Array } {
  const hash: Hash = createHash("sha256");
  return {
    add: (products) => {
      for (const { id } of products) hash.update(id);
    },
    bytes: () => new Uint8Array(hash.digest()),
  };
}

/** Refuses a product that stands in one part of an import twice. */
export function checkImport(products: readonly Product[]): void {
  const seen = new Set<string>();
  for (const [position, product] of products.entries()) {
    const id = canonical(product.id);
    if (seen.has(id)) throw invalidArgument(`products[${position}].id`, "stands in this part twice");
    seen.add(id);
  }
}
