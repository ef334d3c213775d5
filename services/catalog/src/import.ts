import { type ImportProductsRequest, type ImportProductsResponse, ProductChanged } from "@mesh/contracts/catalog/v1";
import type { Tx } from "./db.ts";
import { checkImport, importChecksum, newProduct } from "./domain.ts";
import { upsertProducts } from "./store.ts";

/** Imports products part by part in one transaction. Nothing is stored unless the whole stream arrives. */
export async function importProducts(
  tx: Tx,
  parts: AsyncIterable<ImportProductsRequest>,
): Promise<ImportProductsResponse> {
  const checksum = importChecksum();
  let [created, updated, unchanged] = [0, 0, 0];
  for await (const { products } of parts) {
    checkImport(products);
    checksum.add(products);
    const changed = await upsertProducts(tx, products.map(newProduct));
    const added = changed.filter((product) => product.revision === 1n).length;
    created += added;
    updated += changed.length - added;
    unchanged += products.length - changed.length;
    const changedAt = new Date();
    // Each is signed, which takes longer than to store it.
    await Promise.all(
      changed.map((product) => tx.publish(ProductChanged, { productId: product.id, product, changedAt })),
    );
  }
  return { created, updated, unchanged, checksum: checksum.bytes() };
}
