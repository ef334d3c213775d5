import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { runWithPeers } from "@mesh/service";
import { type ExampleProduct, exampleProducts } from "./seed/products.ts";

const productOf = ({ product }: ExampleProduct) => product;
const countOf = ({ product, pieces }: ExampleProduct) => ({ productId: product.id, available: pieces });

/** Fills the shop with example products, unless it already has them. */
await runWithPeers({ catalog: CatalogService, inventory: InventoryService }, async ({ catalog, inventory }, log) => {
  const examples = exampleProducts();
  const last = examples.at(-1)?.product.id ?? "";
  // Stock is set last: if the last product has stock, nothing is missing.
  const { stock } = await inventory.batchGetStock({ productIds: [last] });
  if (stock.length > 0) return;
  const { created } = await catalog.importProducts(
    inParts(examples, 200, (part) => ({ products: part.map(productOf) })),
  );
  for await (const request of inParts(examples, 500, (part) => ({ counts: part.map(countOf) }))) {
    await inventory.setStock(request);
  }
  log.info({ created }, "the shop is filled");
});

async function* inParts<T, R>(list: readonly T[], size: number, request: (part: T[]) => R): AsyncGenerator<R> {
  for (let at = 0; at < list.length; at += size) yield request(list.slice(at, at + size));
}
