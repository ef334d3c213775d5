import type { MethodDownload } from "@mesh/contracts";
import { valueAt } from "@mesh/contracts/file";
import { anyType } from "@mesh/contracts/media-type";
import type { AskedRange } from "./byte-range.ts";

/** A file whose first response has arrived. */
export interface OpenedFile {
  readonly contentType: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** The bytes that the service was asked for; undefined: all. */
  readonly asked: AskedRange | undefined;
  /** The responses that follow. */
  readonly parts: AsyncIterable<unknown>;
  /** Ends the call. */
  close(): Promise<void>;
}

/** Waits for the first response of a file. @throws Error if it is not as the contract says */
export async function openFile(
  responses: AsyncIterable<unknown>,
  { contentType, size, etag }: MethodDownload,
  asked: AskedRange | undefined,
): Promise<OpenedFile> {
  const iterator = responses[Symbol.asyncIterator]();
  const close = async () => void (await iterator.return?.());
  const { value: first } = await iterator.next();
  const [type, bytes, tag] = [valueAt(first, contentType), Number(valueAt(first, size)), valueAt(first, etag)];
  if (!Number.isSafeInteger(bytes) || bytes < 0 || !isTag(tag)) {
    await close();
    throw new Error("the first response of a file says neither its size nor its etag");
  }
  const parts = { [Symbol.asyncIterator]: () => iterator };
  return { contentType: isMediaType(type) ? type : anyType, size: bytes, etag: `"${tag}"`, asked, parts, close };
}

/** Source of the characters: RFC 9110, 8.8.3 */
function isTag(value: unknown): value is string {
  return typeof value === "string" && /^[\x21\x23-\x7e]+$/.test(value);
}

function isMediaType(value: unknown): value is string {
  return typeof value === "string" && /^[\w.+-]+\/[\w.+-]+$/.test(value);
}
