import "server-only";
import { createClient, isError } from "@acme/shop-client";
import { cacheLife, cacheTag } from "next/cache";
import { gatewayUrl } from "./url.ts";

/** Sends no cookie: what it reads is the same for all customers, so it may be cached. */
const client = createClient({ url: `${gatewayUrl}/trpc` });

/** Returns the first products that match a search. */
export async function searchProducts(query: string) {
  "use cache";
  cacheLife("minutes");
  return client.catalog.listProducts.query({ query, pageSize: 24 });
}

/** Returns a product; undefined: there is none with this id. */
export async function findProduct(id: string) {
  "use cache";
  cacheLife("minutes");
  try {
    return (await client.catalog.getProduct.query({ id })).product;
  } catch (error) {
    if (isError(error, "PRODUCT_NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Names what is cached of the stock of a product. */
export const stockTag = (productId: string) => `stock ${productId}`;

/** Returns how many items of a product can be ordered. */
export async function readStock(productId: string) {
  "use cache";
  cacheLife("seconds");
  cacheTag(stockTag(productId));
  return (await client.inventory.getStock.query({ productId })).stock.available;
}
