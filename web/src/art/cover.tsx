import type { Category } from "@mesh/contracts/catalog/v1";
import { clsx } from "clsx";
import { useState } from "react";
import { imageUrl } from "./image-url.ts";
import { pictureOf } from "./picture.ts";

interface CoverProps {
  /** The product's id: the same product always has the same picture. */
  readonly id: string;
  /** The product's name: a lamp shows a lamp. */
  readonly name: string;
  /** Undefined: not known yet, or not a product. */
  readonly category: Category | undefined;
  /** The picture to show. Undefined: a drawing. */
  readonly imageId?: string | undefined;
  readonly className?: string | undefined;
  /** Whether it is in the first view of the page. It then loads before others, which load when they come near the view. */
  readonly isInFirstView?: boolean;
}

/** A product's picture. It adds nothing to the product's name, so screen readers skip it. */
export function Cover({ id, name, category, imageId, className, isInFirstView = false }: CoverProps) {
  const drawing = pictureOf(id, name, category);
  const [missing, setMissing] = useState<string>();
  const isDrawn = imageId === undefined || missing === imageId;
  const { src, isMirrored } = isDrawn ? drawing : { src: imageUrl(id, imageId), isMirrored: false };
  return (
    <img
      // Before the address, because a browser starts to load when it is set.
      loading={isInFirstView ? "eager" : "lazy"}
      fetchPriority={isInFirstView ? "high" : "auto"}
      src={src}
      // A picture that was removed meanwhile, or can't be loaded.
      onError={() => setMissing(imageId)}
      alt=""
      width={400}
      height={500}
      decoding="async"
      className={clsx("block bg-rule object-cover", isMirrored && "transform-[scaleX(-1)]", className)}
    />
  );
}
