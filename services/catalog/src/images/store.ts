import { CatalogError, type ProductImage } from "@mesh/contracts/catalog/v1";
import { and, asc, count, eq, inArray, lt, ne, or } from "drizzle-orm";
import type { Db, Tx } from "../db.ts";
import * as schema from "../schema.ts";

const { products, productImages: images } = schema;

/** The most pictures of a product. Source: `images` of Product in the contract. */
export const maxImages = 8;

/** The id of a picture, which is one among those of its product. */
export interface ImageId {
  readonly productId: string;
  readonly id: string;
}

export type ImageRow = typeof images.$inferSelect;

/** What is known of the bytes of a picture when all are there. */
export interface ImageBytes {
  readonly size: bigint;
  /** Their SHA-256 hash, in base64url. */
  readonly hash: string;
}

const at = ({ productId, id }: ImageId) => and(eq(images.productId, productId), eq(images.id, id));

/** Finds a picture that can be read. */
export async function findImage(db: Db, id: ImageId): Promise<ImageRow | undefined> {
  const [row] = await db
    .select()
    .from(images)
    .where(and(at(id), eq(images.state, "ready")));
  return row;
}

/** Finds the pictures of products that can be read, the oldest first, by the products' ids. */
export async function findImages(db: Db | Tx, productIds: readonly string[]): Promise<Map<string, ProductImage[]>> {
  const found = new Map<string, ProductImage[]>();
  if (productIds.length === 0) return found;
  const rows = await db
    .select()
    .from(images)
    .where(and(inArray(images.productId, [...productIds]), eq(images.state, "ready")))
    .orderBy(asc(images.createdAt), asc(images.id));
  for (const row of rows) found.set(row.productId, [...(found.get(row.productId) ?? []), imageOf(row)]);
  return found;
}

/**
 * Reserves the place of a picture that is about to be sent. Returns it if it is there already.
 *
 * @param expiresAt when the place is free again unless the picture is ready
 * @throws CatalogError PRODUCT_NOT_FOUND, TOO_MANY_IMAGES or IMAGE_EXISTS
 */
export async function reserveImage(
  tx: Tx,
  { productId, id, contentType }: ImageId & { readonly contentType: string },
  expiresAt: Date,
): Promise<ImageRow | undefined> {
  // Uploads of one product take turns here, so that two of them cannot take the last place.
  const [product] = await tx.select({ id: products.id }).from(products).where(eq(products.id, productId)).for("update");
  if (!product) throw CatalogError.productNotFound({ productId });
  const [known] = await tx.select().from(images).where(at({ productId, id }));
  if (known?.state === "ready") return known;
  if (known) throw CatalogError.imageExists({ imageId: id });
  const [row] = await tx
    .select({ taken: count() })
    .from(images)
    .where(and(eq(images.productId, productId), ne(images.state, "removed")));
  if ((row?.taken ?? 0) >= maxImages) throw CatalogError.tooManyImages({ limit: maxImages });
  const blank = { size: 0n, hash: "", createdAt: new Date() };
  await tx.insert(images).values({ productId, id, contentType, state: "sending", ...blank, expiresAt });
  return undefined;
}

/** Makes a picture readable. Returns undefined if its place is no longer reserved. */
export async function completeImage(tx: Tx, id: ImageId, bytes: ImageBytes): Promise<ImageRow | undefined> {
  const [row] = await tx
    .update(images)
    .set({ ...bytes, state: "ready", createdAt: new Date() })
    .where(and(at(id), eq(images.state, "sending")))
    .returning();
  return row;
}

/** Takes a picture away. Its bytes are removed later. Returns false if there is none. */
export async function removeImage(tx: Tx, id: ImageId): Promise<boolean> {
  const removed = await tx
    .update(images)
    .set({ state: "removed" })
    .where(and(at(id), eq(images.state, "ready")))
    .returning({ id: images.id });
  return removed.length > 0;
}

/** Takes all pictures of a product away. */
export async function removeImages(tx: Tx, productId: string): Promise<void> {
  await tx.update(images).set({ state: "removed" }).where(eq(images.productId, productId));
}

/** Takes pictures away whose upload has ended without them: those given, and those whose time is up. */
export async function abandonImages(db: Db, now: Date, failed: readonly ImageId[]): Promise<void> {
  const hasEnded = or(lt(images.expiresAt, now), ...failed.map(at));
  await db
    .update(images)
    .set({ state: "removed" })
    .where(and(eq(images.state, "sending"), hasEnded));
}

/** Finds a picture that was taken away, which no other process can find until the transaction ends. */
export async function lockRemoved(tx: Tx): Promise<ImageId | undefined> {
  const [row] = await tx
    .select({ productId: images.productId, id: images.id })
    .from(images)
    .where(eq(images.state, "removed"))
    .limit(1)
    .for("update", { skipLocked: true });
  return row;
}

/** Forgets a picture whose bytes were removed. */
export async function forgetImage(tx: Tx, id: ImageId): Promise<void> {
  await tx.delete(images).where(at(id));
}

/** Returns a picture as the contract has it. */
export function imageOf({ id, contentType, size }: ImageRow): ProductImage {
  return { id, contentType, size };
}
