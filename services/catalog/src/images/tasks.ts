import type { Objects } from "@mesh/files";
import { every } from "@mesh/service";
import type { Db, Tx } from "../db.ts";
import { keyOf, objectsOf } from "./objects.ts";
import { abandonImages, forgetImage, type ImageId, lockRemoved } from "./store.ts";

interface Context {
  readonly db: Db;
  readonly settings: { readonly FILES_DIR: string };
}

/** The pictures whose upload has failed in this process, by their keys, for each folder. */
const discarded = new Map<string, Map<string, ImageId>>();

/** Frees the place of a picture whose upload has failed. The call of it may have ended, so it has no database any more. */
export function discard({ FILES_DIR: folder }: Context["settings"], image: ImageId): void {
  const images = discarded.get(folder) ?? new Map<string, ImageId>();
  discarded.set(folder, images.set(keyOf(image), image));
}

/** The most pictures that one run removes. */
const maxRemoved = 100;

/** Removes the bytes of pictures that were taken away, and of uploads that have ended without a picture. */
export const tasks = [
  every("remove pictures", 1_000, async ({ db, settings }: Context) => {
    const objects = objectsOf(settings);
    const failed = discarded.get(settings.FILES_DIR) ?? new Map<string, ImageId>();
    const given = [...failed];
    await abandonImages(
      db,
      new Date(),
      given.map(([, image]) => image),
    );
    for (const [key] of given) failed.delete(key);
    for (let left = maxRemoved; left > 0; left -= 1) {
      if (!(await db.transaction((tx) => removeOne(tx, objects)))) return;
    }
  }),
];

/** Removes the bytes of a picture before its row: if the process ends in between, the next run does it again. */
async function removeOne(tx: Tx, objects: Objects): Promise<boolean> {
  const image = await lockRemoved(tx);
  if (!image) return false;
  await objects.delete(keyOf(image));
  await forgetImage(tx, image);
  return true;
}
