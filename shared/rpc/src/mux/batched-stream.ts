import type { MethodDefinition, ResponseHeaders } from "@mesh/contracts";
import { MuxStreamRequestMessage, MuxStreamResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import type { StartInit } from "../client/transport.ts";
import { brokenResponse } from "../client/unary-call.ts";
import { maxResponseBytes } from "../message-stream.ts";
import { decodePooled } from "../pooled-reader.ts";
import { encodePooled } from "../pooled-writer.ts";
import { lacksMux } from "./lacks-mux.ts";
import { maxPartBytes } from "./limits.ts";

/** A call of a method that streams its responses, and what can carry it. */
export interface BatchedCall {
  readonly upstream: string;
  readonly method: MethodDefinition;
  readonly init: StartInit;
  /** Starts the call the plain way. @throws Error if it can't be started */
  readonly start: (method: MethodDefinition, init: StartInit) => OutgoingStream;
  /** The path that carries several responses in a message. */
  readonly batchPath: string;
  /** Called if the server has no such path. */
  readonly onUnsupported: () => void;
}

/** The largest message that is read, in bytes. A server may fill 64 KiB, and two bytes can be a response. */
const maxBatchBytes = 2 * maxPartBytes;

/** What a part needs in memory besides its bytes, about. Without this, a server could send empty ones forever. */
const overheadBytes = 64;

/** A call with streamed responses that come several in a message. If the server can't send them so, it is made the plain way. */
export class BatchedStream implements OutgoingStream {
  readonly ended: Promise<Error | undefined>;
  readonly #call: BatchedCall;
  /** What carries the call now; undefined: it is not started. */
  #carrier: OutgoingStream | undefined;
  #isBatched = true;
  #request: Uint8Array = new Uint8Array();
  #hasReceived = false;
  #cancelled: Error | undefined;
  #trailers: ResponseHeaders | undefined;
  /** The responses of a message, and how many of them were taken. */
  #batch: readonly Uint8Array[] = [];
  #taken = 0;
  /** The parts of a response that have arrived. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #resolveEnded: (failure: Error | undefined) => void = () => {};

  constructor(call: BatchedCall) {
    this.#call = call;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  send(): Promise<void> {
    return Promise.reject(new Error("a method that streams only its responses has one request"));
  }

  /** Starts the call. @param request its only request */
  finish(request: Uint8Array = new Uint8Array()): void {
    if (this.#cancelled) return;
    this.#request = request;
    this.#isBatched = request.length <= maxPartBytes;
    try {
      this.#start();
    } catch (error) {
      this.#resolveEnded(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  cancel(error: Error): void {
    if (this.#cancelled) return;
    this.#cancelled = error;
    this.#batch = [];
    if (this.#carrier) this.#carrier.cancel(error);
    else this.#resolveEnded(error);
  }

  receive(): Promise<Uint8Array | undefined> {
    const next = this.#batch[this.#taken];
    if (!next) return this.#receiveMore();
    this.#taken += 1;
    return Promise.resolve(next);
  }

  async #receiveMore(): Promise<Uint8Array | undefined> {
    for (;;) {
      const carrier = this.#carrier;
      if (!carrier) throw this.#cancelled ?? new Error("the call is not started");
      let bytes: Uint8Array | undefined;
      try {
        bytes = await carrier.receive();
      } catch (error) {
        if (this.#replace(carrier, error)) continue;
        throw error;
      }
      if (!bytes || !this.#isBatched) return bytes;
      this.#hasReceived = true;
      this.#read(bytes);
      const [first] = this.#batch;
      if (!first) continue;
      this.#taken = 1;
      return first;
    }
  }

  #read(bytes: Uint8Array): void {
    try {
      if (bytes.length > maxBatchBytes) throw new Error(`it has over ${maxBatchBytes} bytes`);
      const { messages, more } = decodePooled(MuxStreamResponsesMessage, bytes);
      this.#batch = this.#parts.length > 0 || more ? this.#joined(messages, more) : messages;
    } catch (cause) {
      const error = brokenResponse(this.#call, "its bytes are not a mesh.v1.MuxStreamResponses", cause);
      this.cancel(error);
      throw error;
    }
  }

  /** Returns the responses that are complete, the first with its earlier parts. */
  #joined(messages: readonly Uint8Array[], more: boolean): Uint8Array[] {
    const complete: Uint8Array[] = [];
    for (const [index, message] of messages.entries()) {
      this.#parts.push(message);
      this.#partBytes += message.length + overheadBytes;
      if (this.#partBytes > maxResponseBytes + maxPartBytes) {
        throw new Error(`a response has over ${maxResponseBytes} bytes`);
      }
      if (more && index === messages.length - 1) break;
      complete.push(this.#parts.length === 1 ? message : Buffer.concat(this.#parts));
      this.#parts = [];
      this.#partBytes = 0;
    }
    return complete;
  }

  #start(): void {
    const { method, init, start, batchPath } = this.#call;
    const request = this.#isBatched
      ? encodePooled(MuxStreamRequestMessage, { path: method.path, message: this.#request })
      : this.#request;
    const path = this.#isBatched ? batchPath : method.path;
    const carrier = start(method, { ...init, path, listeners: this.#listeners() });
    this.#carrier = carrier;
    void carrier.ended.then((failure) => {
      if (!this.#replace(carrier, failure)) this.#finish(failure);
    });
    carrier.finish(request);
  }

  /** Holds the trailers back until it is known that they are those of the call. */
  #listeners(): StartInit["listeners"] {
    const { listeners } = this.#call.init;
    if (!listeners?.onTrailers) return listeners;
    return {
      ...listeners,
      onTrailers: (trailers) => {
        this.#trailers = trailers;
      },
    };
  }

  /** Makes the call the plain way if the server has no batches. Returns whether a carrier was replaced. */
  #replace(carrier: OutgoingStream, failure: unknown): boolean {
    if (carrier !== this.#carrier) return true;
    if (!this.#isBatched || this.#hasReceived || this.#cancelled || !lacksMux(failure)) return false;
    this.#isBatched = false;
    this.#trailers = undefined;
    this.#call.onUnsupported();
    try {
      this.#start();
    } catch {
      return false; // The connection is closed.
    }
    return true;
  }

  #finish(failure: Error | undefined): void {
    let end = failure;
    try {
      if (this.#trailers) this.#call.init.listeners?.onTrailers?.(this.#trailers);
    } catch (error) {
      end ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#resolveEnded(end);
  }
}
