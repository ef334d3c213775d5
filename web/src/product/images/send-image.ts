import { failureOf, type ImageFailure } from "./image-problem.ts";

/** The longest that a picture may take, in milliseconds: longer than the deadline of its method, 5 minutes. */
const timeoutMs = 310_000;

/**
 * Sends a picture. `fetch` does not report how much of a body was sent, so this is the older XMLHttpRequest.
 *
 * @param onProgress gets the part that was sent, from 0 to 1
 * @returns why it was not added; undefined: it was
 */
export function sendImage(
  url: string,
  file: Blob,
  { onProgress, signal }: { readonly onProgress: (part: number) => void; readonly signal: AbortSignal },
): Promise<ImageFailure | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.timeout = timeoutMs;
    // The gateway finds the type out. A browser guesses it from the name of the file.
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onloadend = () =>
      resolve(request.status === 200 ? undefined : failureOf(request.status, request.responseText));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
