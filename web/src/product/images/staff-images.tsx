import type { Product } from "@mesh/contracts/catalog/v1";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ImagePlus, X } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import { imageUrl } from "../../art/image-url.ts";
import { api } from "../../mesh/client.ts";
import { sentenceOf } from "../../mesh/failure.ts";
import { button } from "../../ui/button.ts";
import { Notice } from "../../ui/notice.tsx";
import { StaffPanel } from "../../ui/staff-panel.tsx";
import { changeImages } from "./change-images.ts";
import { type Sending, useSendImage } from "./use-send-image.ts";

/** The most pictures of a product. Source: `images` of Product in the contract. */
const maxImages = 8;

/** The pictures of a product, which staff can add and remove. */
export function StaffImages({ product }: { product: Product }) {
  return (
    <StaffPanel title="Pictures">
      {product.images.length > 0 && <ImageList product={product} />}
      <AddImage product={product} />
    </StaffPanel>
  );
}

function ImageList({ product: { id: productId, images } }: { product: Product }) {
  const queryClient = useQueryClient();
  const remove = useMutation(
    api.catalog.deleteProductImage.mutationOptions({
      onSuccess: (_, { id }) =>
        changeImages(queryClient, productId, (images) => images.filter((image) => image.id !== id)),
    }),
  );
  return (
    <>
      <ul aria-label="Pictures" className="mt-4 flex flex-wrap gap-3">
        {images.map(({ id }, index) => (
          <li key={id} className="relative">
            <img src={imageUrl(productId, id)} alt={`Number ${index + 1}`} className="size-20 bg-rule object-cover" />
            <button
              type="button"
              aria-label={`Remove picture ${index + 1}`}
              disabled={remove.isPending}
              onClick={() => remove.mutate({ productId, id })}
              className="absolute -top-2 -right-2 grid size-8 place-items-center rounded-full border-[1.5px] border-ink bg-paper hover:bg-ink hover:text-paper disabled:opacity-45"
            >
              <X aria-hidden="true" className="size-4" />
            </button>
          </li>
        ))}
      </ul>
      {remove.error && (
        <Notice tone="alarm" className="mt-4">
          {sentenceOf(remove.error)}
        </Notice>
      )}
    </>
  );
}

function AddImage({ product }: { product: Product }) {
  const input = useRef<HTMLInputElement>(null);
  const { sending, problem, send, cancel } = useSendImage(product.id);
  const isFull = product.images.length >= maxImages;
  function choose({ target }: ChangeEvent<HTMLInputElement>): void {
    const [file] = target.files ?? [];
    // The same file may be chosen again.
    target.value = "";
    if (file) void send(file);
  }
  return (
    <div className="mt-4 grid min-w-0 gap-3">
      <input
        ref={input}
        type="file"
        aria-label="Picture file"
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        onChange={choose}
        className="sr-only"
        tabIndex={-1}
      />
      {sending ? (
        <Progress sending={sending} onCancel={cancel} />
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <button type="button" disabled={isFull} onClick={() => input.current?.click()} className={button("line")}>
            <ImagePlus aria-hidden="true" className="size-5" />
            Add picture
          </button>
          <p className="text-sm text-soft">
            {isFull ? "Eight pictures are the most." : "PNG, JPEG, WebP, GIF or AVIF, up to 20 MB."}
          </p>
        </div>
      )}
      {problem && <Notice tone="alarm">{problem}</Notice>}
    </div>
  );
}

function Progress({ sending: { name, part }, onCancel }: { sending: Sending; onCancel: () => void }) {
  return (
    <div className="flex min-w-0 items-center gap-4">
      <div className="min-w-0 grow">
        <p className="truncate font-medium text-sm">{part < 1 ? `Sending ${name}` : `Storing ${name}`}</p>
        <progress
          aria-label={`Sending ${name}`}
          value={part}
          className="mt-1 block h-2 w-full appearance-none overflow-hidden rounded-full bg-rule [&::-moz-progress-bar]:bg-vermilion [&::-webkit-progress-bar]:bg-transparent [&::-webkit-progress-value]:bg-vermilion"
        />
      </div>
      <button type="button" onClick={onCancel} className={button("quiet")}>
        Cancel
      </button>
    </div>
  );
}
