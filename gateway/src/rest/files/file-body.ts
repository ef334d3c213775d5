import type { IncomingMessage } from "node:http";
import { mediaTypeOf, signatureBytes } from "@mesh/contracts/media-type";
import { HttpError } from "../../http/http-error.ts";
import type { UploadLimits } from "../../limits/limits.ts";

/** Limits of a body. */
export interface FileBodyOptions extends UploadLimits {
  readonly maxBytes: number;
}

/** A part that waits for the next bytes. */
interface Waiter {
  resolve(chunk: Buffer | undefined): void;
  reject(error: HttpError): void;
}

/**
 * The body of a request, which is read as fast as its chunks are taken: meanwhile the client has to wait, and no more than one
 * chunk is in memory.
 */
export class FileBody implements AsyncIterable<Buffer> {
  readonly #request: IncomingMessage;
  readonly #options: FileBodyOptions;
  /** What has arrived and was not taken. */
  #held: Buffer[] = [];
  #bytes = 0;
  /** How long the gateway has waited for the client, in milliseconds. */
  #waitedMs = 0;
  #isEnded = false;
  #failure: HttpError | undefined;
  #waiter: Waiter | undefined;

  /** @throws HttpError 413 if the client says that it sends more than `maxBytes` */
  constructor(request: IncomingMessage, options: FileBodyOptions) {
    this.#request = request;
    this.#options = options;
    if (this.declaredBytes > options.maxBytes) throw tooLarge(options.maxBytes);
    request.on("data", this.#take).on("end", this.#end).on("close", this.#leave).on("error", this.#leave).pause();
  }

  /** The size that the client says, 0: it does not say it. */
  get declaredBytes(): number {
    return Number(this.#request.headers["content-length"] ?? 0);
  }

  /** Why the body ended before its end; undefined: it did not. */
  get failure(): HttpError | undefined {
    return this.#failure;
  }

  /** Returns the media type that the first bytes show. They are read again as the first chunks. */
  async mediaType(): Promise<string> {
    let first = Buffer.alloc(0);
    while (first.length < signatureBytes) {
      const chunk = await this.#next();
      if (!chunk) break;
      first = Buffer.concat([first, chunk]);
    }
    if (first.length > 0) this.#held.unshift(first);
    return mediaTypeOf(first);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) yield chunk;
  }

  /** Reads no more. What waits for the next chunk gets the end. */
  stop(): void {
    this.#request.off("data", this.#take).off("end", this.#end).off("close", this.#leave).off("error", this.#leave);
    this.#isEnded = true;
    this.#waiter?.resolve(undefined);
  }

  /** @throws HttpError 408 if none arrives in time, or too few bytes have, 413 above the limit, 499 if the client leaves */
  async #next(): Promise<Buffer | undefined> {
    const chunk = this.#held.shift();
    if (chunk) return chunk;
    if (this.#failure) throw this.#failure;
    if (this.#isEnded) return undefined;
    if (this.#isSlow()) throw this.#fail(tooSlow(this.#options.uploadBytesPerSecond));
    const { uploadIdleMs } = this.#options;
    const idle = setTimeout(() => this.#fail(tooLate(uploadIdleMs)), uploadIdleMs);
    const began = performance.now();
    try {
      return await new Promise<Buffer | undefined>((resolve, reject) => {
        this.#waiter = { resolve, reject };
        this.#request.resume();
      });
    } finally {
      this.#waitedMs += performance.now() - began;
      clearTimeout(idle);
      this.#waiter = undefined;
    }
  }

  /** Returns true if the client sends more slowly than it may. Bytes that the service does not take yet are not awaited. */
  #isSlow(): boolean {
    const { uploadBytesPerSecond, uploadGraceMs } = this.#options;
    return this.#waitedMs > uploadGraceMs && this.#bytes < (this.#waitedMs / 1_000) * uploadBytesPerSecond;
  }

  readonly #take = (chunk: Buffer) => {
    this.#request.pause();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.maxBytes) this.#fail(tooLarge(this.#options.maxBytes));
    else if (this.#waiter) this.#waiter.resolve(chunk);
    else this.#held.push(chunk);
  };

  readonly #end = () => {
    this.#isEnded = true;
    this.#waiter?.resolve(undefined);
  };

  readonly #leave = (cause?: Error) => {
    if (!this.#isEnded) this.#fail(new HttpError(499, "the client left before its body was complete", { cause }));
  };

  #fail(error: HttpError): HttpError {
    this.#failure ??= error;
    this.#waiter?.reject(this.#failure);
    return this.#failure;
  }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `the file is larger than ${maxBytes} bytes`, { headers: { connection: "close" } });
}

function tooLate(idleMs: number): HttpError {
  return new HttpError(408, `no byte of the file arrived for ${idleMs / 1_000} s: send it again`);
}

function tooSlow(bytesPerSecond: number): HttpError {
  return new HttpError(
    408,
    `the file arrives with fewer than ${bytesPerSecond} bytes per second: send it again, faster`,
  );
}
