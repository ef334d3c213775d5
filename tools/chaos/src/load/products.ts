import { setTimeout as pause } from "node:timers/promises";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { connect } from "@mesh/rpc";
import type { RunningMesh } from "@mesh/testing/mesh";
import { addressOf } from "./shop.ts";

/** It does not change. */
const price = { minorUnits: 1_000n, currency: "EUR" };

/** Changes the products one after the other until it is aborted, so that each has many events. A change may fail: it is not made again. */
export async function changeProducts(
  mesh: RunningMesh,
  products: readonly string[],
  { rate, signal }: { readonly rate: number; readonly signal: AbortSignal },
): Promise<void> {
  const { client, close } = connect(CatalogService, {
    address: addressOf(mesh, "catalog"),
    credentials: mesh.credentials,
  });
  for (let number = 0; !signal.aborted; number++) {
    const id = products[number % products.length] ?? "";
    const product = { id, name: `Product ${number}`, category: Category.CATEGORY_BOOKS, price };
    await client.updateProduct({ product, updateMask: ["name"] }, { timeoutMs: 2_000 }).catch(() => {});
    await pause(1_000 / rate);
  }
  await close();
}
