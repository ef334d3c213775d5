import { createHash, type Hash } from "node:crypto";
import { invalidArgument } from "@mesh/contracts";
import type { Product, UpdateProductRequest } from "@mesh/contracts/catalog/v1";
import type { Money } from "@mesh/contracts/mesh/v1";
import { canonical } from "@mesh/service";

/** Checks the price of a product. @throws MeshError INVALID_ARGUMENT if it is not above zero */
export function priceOf({ price }: Pick<Product, "price">): Money {
  if (!price || price.minorUnits <= 0n) throw invalidArgument("price.minor_units", "must be above zero");
  return price;
}

/**
 * Splits a text into the words that are stored and searched, at every character that is not a letter or a digit.
 * PostgreSQL's own parser treats `example.com` and `2.5` as one word each, and under the locale C it treats `Ü` and `ü`
 * as different letters.
 */
export function wordsOf(text: string): string[] {
  const words =
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.map((word) => [...word].slice(0, maxWordLength).join(""));
}

/** The maximum length of a query. PostgreSQL accepts words of up to 2,046 bytes. */
const maxWordLength = 100;

/** Creates a product that was just added. */
export function newProduct(product: Pick<Product, "id" | "name" | "description" | "category" | "price">): Product {
  const { name, description, category } = product;
  const [id, now] = [canonical(product.id), new Date()];
  const price = priceOf(product);
  return { id, name, description, category, price, revision: 1n, createdAt: now, updatedAt: now, images: [] };
}

/** Returns a product with the fields changed that are listed in the mask. */
export function withChanges(product: Product, { product: changes, updateMask }: UpdateProductRequest): Product {
  // The contract's rules only accept the names of these fields.
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

/** Rejects a part of an import that lists a product twice. */
export function checkImport(products: readonly Product[]): void {
  const seen = new Set<string>();
  for (const [position, product] of products.entries()) {
    const id = canonical(product.id);
    if (seen.has(id)) throw invalidArgument(`products[${position}].id`, "is in this part twice");
    seen.add(id);
  }
}
