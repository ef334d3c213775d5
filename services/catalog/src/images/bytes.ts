import { createHash } from "node:crypto";
import { CatalogError, type NewProductImage, type UploadProductImageRequest } from "@mesh/contracts/catalog/v1";

type Parts = AsyncIterator<UploadProductImageRequest>;

/** Reads the first part of an upload. @throws CatalogError IMAGE_INVALID if it does not say what is sent */
export async function fileOf(parts: Parts): Promise<NewProductImage> {
  const first = await parts.next();
  const part = first.done ? undefined : first.value.part;
  if (part?.$case === "file") return part.value;
  throw CatalogError.imageInvalid();
}

/** Reads the bytes that follow. @throws CatalogError IMAGE_INVALID if another part is among them */
export async function* chunksOf(parts: Parts): AsyncGenerator<Uint8Array, void> {
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const { part } = next.value;
    if (part?.$case !== "chunk") throw CatalogError.imageInvalid();
    yield part.value;
  }
}

/** Bytes that are hashed while they pass. */
export class Hashed implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #hash = createHash("sha256");

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of this.#chunks) {
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  /** Returns the SHA-256 hash of all bytes, in base64url. Call it once, at their end. */
  digest(): string {
    return this.#hash.digest("base64url");
  }
}

/** Reads bytes to their end. Returns their SHA-256 hash, in base64url. */
export async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hashed = new Hashed(chunks);
  for await (const _ of hashed);
  return hashed.digest();
}
