import { randomUuid } from "@mesh/contracts/client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { imageUrl } from "../../art/image-url.ts";
import { changeImages } from "./change-images.ts";
import { imageProblem } from "./image-problem.ts";
import { sendImage } from "./send-image.ts";

/** The size of the largest picture in bytes. Source: `max_bytes` in the contract. */
const maxBytes = 20 * 1024 * 1024;

/** A picture that is on its way. */
export interface Sending {
  readonly name: string;
  /** From 0 to 1. */
  readonly part: number;
}

/** Sends pictures of a product, one at a time. Leaving the page ends it. */
export function useSendImage(productId: string) {
  const queryClient = useQueryClient();
  const [sending, setSending] = useState<Sending>();
  const [problem, setProblem] = useState<string>();
  const leaving = useRef<AbortController>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);

  async function send(file: File): Promise<void> {
    setProblem(undefined);
    if (file.size > maxBytes) return setProblem(imageProblem({ status: 413 }));
    const { name } = file;
    const controller = new AbortController();
    leaving.current = controller;
    setSending({ name, part: 0 });
    const id = randomUuid();
    const failure = await sendImage(imageUrl(productId, id), file, {
      onProgress: (part) => setSending({ name, part }),
      signal: controller.signal,
    });
    if (!failure) {
      const image = { id, contentType: file.type, size: BigInt(file.size) };
      await changeImages(queryClient, productId, (images) => [...images, image]);
    }
    setSending(undefined);
    if (failure && !controller.signal.aborted) setProblem(imageProblem(failure));
  }

  return { sending, problem, send, cancel: () => leaving.current?.abort() };
}
