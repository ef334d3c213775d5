import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connect } from "@mesh/rpc";
import type { RunningMesh } from "@mesh/testing/mesh";
import { patiently } from "@mesh/testing/patiently";

/** The stock of each product at the beginning. */
export const seededStock = 1_000_000n;

/** Creates products with stock, and returns their ids. */
export async function openShop(mesh: RunningMesh, count: number): Promise<string[]> {
  const { credentials } = mesh;
  const catalog = connect(CatalogService, { address: addressOf(mesh, "catalog"), credentials });
  const inventory = connect(InventoryService, { address: addressOf(mesh, "inventory"), credentials });
  const price = { minorUnits: 1_000n, currency: "EUR" };
  const ids: string[] = [];
  for (let number = 1; number <= count; number++) {
    const request = { name: `Product ${number}`, category: Category.CATEGORY_BOOKS, price };
    const { product } = await patiently(() => catalog.client.createProduct(request));
    ids.push(product?.id ?? "");
  }
  const counts = ids.map((productId) => ({ productId, available: seededStock }));
  await patiently(() => inventory.client.setStock({ counts }));
  await Promise.all([catalog.close(), inventory.close()]);
  return ids;
}

/** Returns the addresses of the replicas of a service. */
export function addressesOf(mesh: RunningMesh, name: string): string[] {
  const replicas = Object.keys(mesh.apps).filter((app) => app.replace(/-\d+$/, "") === name);
  return replicas.map((app) => mesh.addressOf(app));
}

/** Returns the address of the first replica of a service. */
export function addressOf(mesh: RunningMesh, name: string): string {
  return addressesOf(mesh, name)[0] ?? "";
}
