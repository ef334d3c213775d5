import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { connect } from "@mesh/rpc";
import type { RunningMesh } from "@mesh/testing/mesh";
import { addressOf } from "./shop.ts";

/** A job that the catalog has accepted. */
export interface AcceptedImport {
  readonly id: string;
  readonly productIds: readonly string[];
}

/** The products of an import: some transactions. */
const productCount = 25;

const everyMs = 2_000;

/** Starts imports until it is aborted, each of new products. One that fails is not started again. */
export async function startImports(mesh: RunningMesh, signal: AbortSignal): Promise<AcceptedImport[]> {
  const { client, close } = connect(CatalogService, {
    address: addressOf(mesh, "catalog"),
    credentials: mesh.credentials,
  });
  const accepted: AcceptedImport[] = [];
  while (!signal.aborted) {
    const productIds = Array.from({ length: productCount }, () => randomUUID());
    const started = await client.startImport({ products: productIds.map(productOf) }).catch(() => undefined);
    if (started) accepted.push({ id: started.id, productIds });
    await pause(everyMs);
  }
  await close();
  return accepted;
}

function productOf(id: string) {
  const price = { minorUnits: 1_000n, currency: "EUR" };
  return { id, name: "Imported", category: Category.CATEGORY_BOOKS, price };
}
