import type { HeaderValue } from "@mesh/contracts";
import { MuxStreamResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import type { FittingError } from "../fitting-error.ts";
import type { Waiter } from "../message-stream.ts";
import { encodePooled } from "../pooled-writer.ts";
import { gone, headersSent, type IncomingStream } from "../server/incoming-stream.ts";
import { Flusher } from "./flusher.ts";
import { maxPartBytes } from "./limits.ts";

/** The size of a response in a message besides its bytes, at most about, in bytes. */
const overheadBytes = 16;

const sent = Promise.resolve();

/** A call with streamed responses, which are sent together if they are ready together. */
export class BatchingStream implements IncomingStream {
  readonly peer: string;
  readonly callerNames: readonly string[];
  readonly deadline: number;
  readonly only: Uint8Array;
  readonly #stream: IncomingStream;
  readonly #flusher = new Flusher(() => this.#send());
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #room: Waiter<void> | undefined;
  #drained: Waiter<void> | undefined;
  #isSending = false;
  #hasSent = false;
  /** What the call ends with, once all is sent. */
  #end: { readonly failure: FittingError | undefined } | undefined;
  #isOver = false;

  constructor(stream: IncomingStream, request: Uint8Array) {
    this.#stream = stream;
    this.peer = stream.peer;
    this.callerNames = stream.callerNames;
    this.deadline = stream.deadline;
    this.only = request;
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    return this.#stream.header(name);
  }

  get isUnsampled(): boolean {
    return this.#stream.isUnsampled;
  }

  headerBytes(): number {
    return this.#stream.headerBytes();
  }

  receive(): Promise<Uint8Array | undefined> {
    return this.#isOver ? Promise.reject(gone) : Promise.resolve(this.only);
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#isOver || this.#end) return Promise.reject(gone);
    this.#hasSent = true;
    this.#queue.push(message);
    this.#queuedBytes += message.length + overheadBytes;
    this.#flusher.schedule(false);
    if (this.#queuedBytes < maxPartBytes) return sent;
    return new Promise((resolve, reject) => {
      this.#room = { resolve, reject };
    });
  }

  flushed(): Promise<void> {
    if (this.#isOver) return Promise.reject(gone);
    if (this.#queue.length === 0 && !this.#isSending) return sent;
    return new Promise((resolve, reject) => {
      this.#drained = { resolve, reject };
    });
  }

  setHeader(name: string, value: HeaderValue): void {
    if (this.#hasSent) throw headersSent(name);
    this.#stream.setHeader(name, value);
  }

  setTrailer(name: string, value: HeaderValue): void {
    this.#stream.setTrailer(name, value);
  }

  trailerBytes(): number {
    return this.#stream.trailerBytes();
  }

  end(failure?: FittingError): void {
    if (this.#isOver || this.#end) return;
    this.#end = { failure };
    this.#rejectWaiters(failure?.error ?? gone);
    this.#flusher.schedule(true);
  }

  /** Drops what is not sent: the caller has left. */
  leave(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#rejectWaiters(gone);
  }

  #rejectWaiters(error: Error): void {
    this.#room?.reject(error);
    this.#drained?.reject(error);
    this.#room = undefined;
    this.#drained = undefined;
  }

  async #send(): Promise<void> {
    if (this.#isOver) return;
    if (this.#queue.length > 0) {
      const responses = this.#take();
      this.#isSending = true;
      try {
        await this.#stream.send(encodePooled(MuxStreamResponsesMessage, responses));
      } catch {
        this.leave();
        return;
      }
      this.#isSending = false;
    }
    if (this.#queue.length > 0) this.#flusher.schedule(true);
    else if (this.#end) this.#finish(this.#end.failure);
    else this.#drained?.resolve();
    if (this.#queuedBytes < maxPartBytes) {
      this.#room?.resolve();
      this.#room = undefined;
    }
  }

  /** Takes what fits into a message from the queue. */
  #take(): { messages: Uint8Array[]; more: boolean } {
    const messages: Uint8Array[] = [];
    let roomBytes = maxPartBytes;
    let taken = 0;
    for (const message of this.#queue) {
      if (message.length > roomBytes) break;
      messages.push(message);
      roomBytes -= message.length + overheadBytes;
      this.#queuedBytes -= message.length + overheadBytes;
      taken += 1;
    }
    this.#queue = this.#queue.slice(taken);
    const [large] = this.#queue;
    if (!large || messages.length > 0) return { messages, more: false };
    this.#queue[0] = large.subarray(maxPartBytes);
    this.#queuedBytes -= maxPartBytes;
    return { messages: [large.subarray(0, maxPartBytes)], more: true };
  }

  #finish(failure: FittingError | undefined): void {
    this.#isOver = true;
    this.#stream.end(failure);
  }
}
