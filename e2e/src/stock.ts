import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connect } from "@mesh/rpc";
import type { RunningMesh } from "@mesh/testing";

/** Creates a product with stock by gRPC, as a service inside the mesh would, and returns its id. */
export async function putOnSale(mesh: RunningMesh, name: string, pieces: bigint, minorUnits = 1_000n): Promise<string> {
  const catalog = connect(CatalogService, { address: mesh.addressOf("catalog") });
  const inventory = connect(InventoryService, { address: mesh.addressOf("inventory") });
  const price = { minorUnits, currency: "EUR" };
  const request = { name, category: Category.CATEGORY_BOOKS, price };
  const { product } = await patiently(() => catalog.client.createProduct(request));
  const productId = product?.id ?? "";
  await patiently(() => inventory.client.setStock({ counts: [{ productId, available: pieces }] }));
  await Promise.all([catalog.close(), inventory.close()]);
  return productId;
}

/** Makes a call again if it fails only because the machine is slow: its service is busy, or can't reach its database. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 10 || !(error instanceof MeshError) || !overload.has(error.code)) throw error;
      await sleep(error.retryAfterMs ?? 200);
    }
  }
}

const overload: ReadonlySet<string> = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"]);
