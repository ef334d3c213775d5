import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

/** Some programs put it before a text. */
const byteOrderMark = 0xfeff;

/**
 * Reads the body of a request, which must be JSON by its type, as text.
 *
 * @throws HttpError 413 if it is larger than `maxBytes`, 415 if it has another type, 400 if it is not UTF-8, 499 if the
 *   sender leaves before the end
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const isKept = isJson(request);
  if (Number(request.headers["content-length"]) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, { maxBytes, isKept });
  if (!isKept) throw new HttpError(415, "the body must be application/json in UTF-8");
  return textOf(bytes);
}

/** How to read a body. A body that is not kept is read to see whether it is too large. */
interface ReadOptions {
  readonly maxBytes: number;
  readonly isKept: boolean;
}

/** Reads by events, which cost a fifth of an iterator of the stream. */
function readBytes(request: IncomingMessage, { maxBytes, isKept }: ReadOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isOver = false;
    const end = (error?: HttpError) => {
      isOver = true;
      if (error) reject(error);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const read = (chunk: Buffer) => {
      if (isOver) return;
      bytes += chunk.length;
      if (bytes > maxBytes) end(tooLarge(maxBytes));
      else if (isKept) chunks.push(chunk);
    };
    const finish = () => {
      if (!isOver) end();
    };
    const leave = (cause?: Error) => {
      if (!isOver) end(new HttpError(499, "the client left before its body was complete", { cause }));
    };
    request.on("data", read).on("end", finish).on("close", leave).on("error", leave);
  });
}

/**
 * Returns true if a body is declared as `application/json` in UTF-8. A form on another site cannot send this type.
 * A type without a charset counts as UTF-8.
 */
function isJson({ headers }: IncomingMessage): boolean {
  if (headers["content-type"] === "application/json") return true;
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  return type.trim() === "application/json" && parameters.every(mayBeUtf8);
}

function mayBeUtf8(parameter: string): boolean {
  const [, charset] = /^\s*charset="?([^"]*?)"?\s*$/.exec(parameter) ?? [];
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}

/** Lenient decoding would replace invalid bytes, and the changed text would be stored. */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new HttpError(400, "the body is not valid UTF-8");
  const text = bytes.toString();
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

/** A client that reads the response need not send the rest of the body, but then the connection has to close. */
function tooLarge(maxBytes: number): HttpError {
  const message = `the body is larger than ${maxBytes / 1024} KiB`;
  return new HttpError(413, message, { headers: { connection: "close" } });
}
