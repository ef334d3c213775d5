import { folderObjects, type Objects } from "@mesh/files";

const opened = new Map<string, Objects>();

/** Returns the store of the pictures' bytes: a folder, FILES_DIR. For another store, such as S3, return that instead. */
export function objectsOf({ FILES_DIR: folder }: { readonly FILES_DIR: string }): Objects {
  const known = opened.get(folder) ?? folderObjects(folder);
  opened.set(folder, known);
  return known;
}

/** Returns the key of a picture in the store. */
export function keyOf({ productId, id }: { readonly productId: string; readonly id: string }): string {
  return `products/${productId}/${id}`;
}
