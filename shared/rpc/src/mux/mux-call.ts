import { status } from "@grpc/grpc-js";
import { codes, type HeaderValue } from "@mesh/contracts";
import type { MuxHeader, MuxResponse } from "@mesh/contracts/protocols/mesh/v1/index";
import { traceHeader } from "@mesh/runtime";
import { headerMessage } from "../error-details.ts";
import type { FittingError } from "../fitting-error.ts";
import { BoundedHeaders, headerOverhead, sizeOf } from "../headers.ts";
import { chosenTextHeader, detailsHeader } from "../received-status.ts";
import { gone, headersSent, type IncomingStream } from "../server/incoming-stream.ts";
import { signerHeader } from "../tokens/token-headers.ts";
import type { ReceivedRequest } from "./envelope.ts";
import { binaryHeader, fromMetadata, headerIn, muxHeaderBytes, textHeader } from "./mux-headers.ts";

const nothing = new Uint8Array();

/** No headers. Nothing is added to it. */
const none: MuxHeader[] = [];

/** A call that arrived in an envelope, as its route sees it. */
export class MuxCall implements IncomingStream {
  readonly peer: string;
  readonly callerNames: readonly string[];
  readonly deadline: number;
  readonly only: Uint8Array;
  readonly counted: Promise<void> | undefined;
  readonly id: number;
  /** Has its handler aborted. What begins the call sets it. */
  onLeave: (() => void) | undefined;
  /** The next one in a table. */
  next: MuxCall | undefined;
  readonly #request: ReceivedRequest;
  readonly #signer: string;
  readonly #respond: (call: MuxCall, result: MuxResponse) => void;
  #response: Uint8Array | undefined;
  #headers: BoundedHeaders | undefined;
  #trailers: BoundedHeaders | undefined;
  #isOver = false;
  #isRefused = false;

  /**
   * @param signer the signer of its token; empty: there is none
   * @param counted resolves when its handler may run
   * @param respond sends the result
   */
  constructor(
    request: ReceivedRequest,
    caller: Pick<IncomingStream, "peer" | "callerNames">,
    signer: string,
    counted: Promise<void> | undefined,
    respond: (call: MuxCall, result: MuxResponse) => void,
  ) {
    this.id = request.id;
    this.#request = request;
    this.#respond = respond;
    this.peer = caller.peer;
    this.callerNames = caller.callerNames;
    this.#signer = signer;
    this.only = request.message;
    this.counted = counted;
    this.deadline = request.timeoutMs > 0 ? Date.now() + request.timeoutMs : Number.POSITIVE_INFINITY;
    this.onLeave = undefined;
    this.next = undefined;
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    // A trace is a text, as its name says.
    if (name === traceHeader) return (this.#request.trace || undefined) as HeaderValue<Name> | undefined;
    if (name === signerHeader && this.#signer !== "") return this.#signer as HeaderValue<Name>;
    return headerIn(this.#request.headers, name);
  }

  get isUnsampled(): boolean {
    return this.#request.isUnsampled;
  }

  headerBytes(): number {
    const { traceBytes, headers } = this.#request;
    const ofTrace = traceBytes.length === 0 ? 0 : traceHeader.length + traceBytes.length + headerOverhead;
    const ofSigner = this.#signer === "" ? 0 : sizeOf(signerHeader, this.#signer);
    return ofTrace + ofSigner + muxHeaderBytes(headers);
  }

  receive(): Promise<Uint8Array | undefined> {
    return this.#isOver ? Promise.reject(gone) : Promise.resolve(this.only);
  }

  send(message: Uint8Array): Promise<void> | undefined {
    if (this.#isOver) return Promise.reject(gone);
    this.#response = message;
    return undefined;
  }

  setHeader(name: string, value: HeaderValue): void {
    if (this.#response) throw headersSent(name);
    this.#headers ??= new BoundedHeaders("headers");
    this.#headers.set(name, value);
  }

  setTrailer(name: string, value: HeaderValue): void {
    this.#trailers ??= new BoundedHeaders("trailers");
    this.#trailers.set(name, value);
  }

  trailerBytes(): number {
    return this.#trailers?.bytes ?? 0;
  }

  /** Forgets the call, and has its handler aborted: its caller does not want a response. */
  leave(): void {
    this.#isOver = true;
    this.onLeave?.();
  }

  /** Ends the call with an error before it has reached a handler: its caller may make it again. */
  refuse(failure: FittingError): void {
    this.#isRefused = true;
    this.end(failure);
  }

  end(failure?: FittingError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { id } = this;
    const headers = this.#headers ? fromMetadata(this.#headers.metadata) : none;
    const trailers = this.#trailers ? fromMetadata(this.#trailers.metadata) : none;
    if (!failure) {
      const message = this.#response ?? nothing;
      this.#respond(this, { id, message, more: false, code: status.OK, text: "", headers, trailers, refused: false });
      return;
    }
    const { error, details } = failure;
    const all = [...trailers, binaryHeader(detailsHeader, details), textHeader(chosenTextHeader, "1")];
    const [code, text] = [codes[error.code], headerMessage(error)];
    const refused = this.#isRefused;
    this.#respond(this, { id, message: nothing, more: false, code, text, headers, trailers: all, refused });
  }
}
