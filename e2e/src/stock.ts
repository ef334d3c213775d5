import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { PaymentService } from "@mesh/contracts/payments/v1";
import { connect } from "@mesh/rpc";
import { patiently, type RunningMesh } from "@mesh/testing";

/** Creates a product with stock by gRPC, as a service inside the mesh would, and returns its id. */
export async function putOnSale(mesh: RunningMesh, name: string, pieces: bigint, minorUnits = 1_000n): Promise<string> {
  const catalog = connect(CatalogService, { address: firstOf(mesh, "catalog"), credentials: mesh.credentials });
  const inventory = connect(InventoryService, { address: firstOf(mesh, "inventory"), credentials: mesh.credentials });
  const price = { minorUnits, currency: "EUR" };
  const request = { name, category: Category.CATEGORY_BOOKS, price };
  const { product } = await patiently(() => catalog.client.createProduct(request));
  const productId = product?.id ?? "";
  await patiently(() => inventory.client.setStock({ counts: [{ productId, available: pieces }] }));
  await Promise.all([catalog.close(), inventory.close()]);
  return productId;
}

/** Refunds the payment of an order by gRPC, as staff would. */
export async function refund(mesh: RunningMesh, orderId: string): Promise<void> {
  const payments = connect(PaymentService, { address: firstOf(mesh, "payments"), credentials: mesh.credentials });
  await patiently(() => payments.client.refundPayment({ orderId }));
  await payments.close();
}

/** Returns the address of the first replica of a service. */
function firstOf(mesh: RunningMesh, name: string): string {
  return mesh.addressOf(`${name}-1` in mesh.apps ? `${name}-1` : name);
}
