import type { Product } from "@mesh/contracts/catalog/v1";
import { clsx } from "clsx";
import { useState } from "react";
import { Cover } from "../../art/cover.tsx";
import { imageUrl } from "../../art/image-url.ts";

/** The pictures of a product: one large, and below it all to choose from. Without any, a drawing. */
export function Gallery({ product: { id, name, category, images } }: { product: Product }) {
  const [chosen, setChosen] = useState<string>();
  const shown = images.find((image) => image.id === chosen) ?? images[0];
  return (
    <div className="md:sticky md:top-24 md:self-start">
      <Cover
        key={shown?.id}
        id={id}
        name={name}
        category={category}
        imageId={shown?.id}
        isInFirstView
        className="aspect-4/5 max-h-[76vh] w-full animate-appear"
      />
      {images.length > 1 && (
        <ul aria-label={`Pictures of ${name}`} className="mt-3 flex flex-wrap gap-2">
          {images.map((image, index) => (
            <li key={image.id}>
              <button
                type="button"
                aria-label={`Show picture ${index + 1}`}
                aria-pressed={image === shown}
                onClick={() => setChosen(image.id)}
                className={clsx("block border-[3px]", image === shown ? "border-ink" : "border-transparent")}
              >
                <img src={imageUrl(id, image.id)} alt="" className="size-16 bg-rule object-cover" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
