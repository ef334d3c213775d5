import {
  type ImportProductsRequest,
  type ImportProductsResponse,
  type Product,
  ProductChanged,
} from "@mesh/contracts/catalog/v1";
import type { Tx } from "./db.ts";
import { checkImport, importChecksum, newProduct } from "./domain.ts";
import { upsertProducts } from "./store.ts";

/** The numbers of products by what an import did with them. */
export interface ImportCounts {
  created: number;
  updated: number;
  unchanged: number;
}

/** Imports products part by part in one transaction. Nothing is stored unless the whole stream arrives. */
export async function importProducts(
  tx: Tx,
  parts: AsyncIterable<ImportProductsRequest>,
): Promise<ImportProductsResponse> {
  const checksum = importChecksum();
  const counts = noCounts();
  for await (const { products } of parts) {
    checkImport(products);
    checksum.add(products);
    await importPart(tx, products, counts);
  }
  return { ...counts, checksum: checksum.bytes() };
}

/** Returns the counts of an import that has done nothing yet. */
export function noCounts(): ImportCounts {
  return { created: 0, updated: 0, unchanged: 0 };
}

/** Creates or overwrites products, publishes what has changed, and adds to the counts. */
export async function importPart(tx: Tx, products: readonly Product[], counts: ImportCounts): Promise<void> {
  const changed = await upsertProducts(tx, products.map(newProduct));
  const added = changed.filter((product) => product.revision === 1n).length;
  counts.created += added;
  counts.updated += changed.length - added;
  counts.unchanged += products.length - changed.length;
  const changedAt = new Date();
  // Each is signed, which takes longer than to store it.
  await Promise.all(
    changed.map((product) => tx.publish(ProductChanged, { productId: product.id, product, changedAt })),
  );
}
