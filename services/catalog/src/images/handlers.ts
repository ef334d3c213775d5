import {
  CatalogError,
  type GetProductImageRequest,
  type GetProductImageResponse,
  ProductChanged,
  type UploadProductImageRequest,
  type UploadProductImageResponse,
} from "@mesh/contracts/catalog/v1";
import { rangeOf } from "@mesh/files";
import { canonical, type Scope } from "@mesh/service";
import type { Db, Tx } from "../db.ts";
import { lockProduct, updateProduct } from "../store.ts";
import { chunksOf, fileOf, Hashed, hashOf } from "./bytes.ts";
import { keyOf, objectsOf } from "./objects.ts";
import { completeImage, findImage, type ImageId, imageOf, removeImage, reserveImage } from "./store.ts";
import { discard } from "./tasks.ts";

/** The size of the largest picture in bytes. Source: `max_bytes` in the contract. */
const maxBytes = 20 * 1024 * 1024;

/** Time for the handler to end after its deadline, in milliseconds. */
const graceMs = 10_000;

type Context = Pick<Scope, "deadline" | "signal"> & {
  readonly db: Db;
  readonly settings: { readonly FILES_DIR: string };
};

/** Stores the bytes of a picture, and then adds the picture to its product. */
export async function receiveImage(
  requests: AsyncIterable<UploadProductImageRequest>,
  { db, settings, deadline, signal }: Context,
): Promise<UploadProductImageResponse> {
  const parts = requests[Symbol.asyncIterator]();
  const file = await fileOf(parts);
  const { contentType } = file;
  const image = { productId: canonical(file.productId), id: canonical(file.id) };
  const bytes = chunksOf(parts);
  const expiresAt = new Date(deadline + graceMs);
  const known = await db.transaction((tx) => reserveImage(tx, { ...image, contentType }, expiresAt));
  if (known) {
    if ((await hashOf(bytes)) !== known.hash) throw CatalogError.imageExists({ imageId: image.id });
    return { image: imageOf(known) };
  }
  try {
    const hashed = new Hashed(bytes);
    const { size } = await objectsOf(settings).put(keyOf(image), hashed, { contentType, maxBytes, signal });
    if (size === 0 || (file.size !== 0n && file.size !== BigInt(size))) throw CatalogError.imageInvalid();
    return await db.transaction((tx) => addImage(tx, image, { size: BigInt(size), hash: hashed.digest() }));
  } catch (error) {
    discard(settings, image);
    throw error;
  }
}

async function addImage(tx: Tx, image: ImageId, bytes: { readonly size: bigint; readonly hash: string }) {
  const added = await completeImage(tx, image, bytes);
  // Its product was removed meanwhile.
  if (!added) throw CatalogError.productNotFound({ productId: image.productId });
  await changeProduct(tx, image.productId);
  return { image: imageOf(added) };
}

/** Takes a picture away from its product. @throws CatalogError IMAGE_NOT_FOUND */
export async function deleteImage(tx: Tx, image: ImageId): Promise<void> {
  const removed = await removeImage(tx, image);
  if (!removed) throw CatalogError.imageNotFound({ imageId: image.id });
  await changeProduct(tx, image.productId);
}

/** Publishes a product whose pictures have changed. */
async function changeProduct(tx: Tx, productId: string): Promise<void> {
  const before = await lockProduct(tx, productId);
  if (!before) throw CatalogError.productNotFound({ productId });
  const changedAt = new Date();
  const product = { ...before, revision: before.revision + 1n, updatedAt: changedAt };
  await updateProduct(tx, product);
  await tx.publish(ProductChanged, { productId, product, changedAt });
}

/** Returns what a picture is, and then the bytes of it that are asked for. */
export async function* readImage(
  { productId, id, offset, limit }: GetProductImageRequest,
  { db, settings }: Context,
): AsyncGenerator<GetProductImageResponse, void> {
  const image = { productId: canonical(productId), id: canonical(id) };
  const row = await findImage(db, image);
  if (!row) throw CatalogError.imageNotFound({ imageId: image.id });
  const { contentType, size, hash: etag } = row;
  const range = rangeOf(Number(size), offset, limit);
  const object = range && (await objectsOf(settings).get(keyOf(image), range));
  if (range && !object) throw CatalogError.imageNotFound({ imageId: image.id });
  yield { part: { $case: "file", value: { contentType, size, etag } } };
  for await (const chunk of object?.chunks ?? []) yield { part: { $case: "chunk", value: chunk } };
}
