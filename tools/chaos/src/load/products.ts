import { setTimeout as pause } from "node:timers/promises";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { connect } from "@mesh/rpc";
import type { RunningMesh } from "@mesh/testing/mesh";
import { addressesOf } from "./shop.ts";

/** The pause between two changes of a product, in milliseconds: short, so that several of its events are on their way. */
const everyMs = 50;

const price = { minorUnits: 1_000n, currency: "EUR" };

/** Changes each product again and again until it is aborted, over one replica after the other. A change that fails is not made again. */
export async function changeProducts(
  mesh: RunningMesh,
  products: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { credentials } = mesh;
  const replicas = addressesOf(mesh, "catalog").map((address) => connect(CatalogService, { address, credentials }));
  const changing = products.map(async (id) => {
    for (let number = 0; !signal.aborted; number++) {
      const product = { id, name: `Product ${number}`, category: Category.CATEGORY_BOOKS, price };
      const { client } = replicas[number % replicas.length] as (typeof replicas)[number]; // There is one at least.
      await client.updateProduct({ product, updateMask: ["name"] }, { timeoutMs: 2_000 }).catch(() => {});
      await pause(everyMs);
    }
  });
  await Promise.all(changing);
  await Promise.all(replicas.map((replica) => replica.close()));
}
