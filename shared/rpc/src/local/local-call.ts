import type { Metadata } from "@grpc/grpc-js";
import { codes, type HeaderValue, type MethodDefinition, type ResponseHeaders } from "@mesh/contracts";
import { isUnsampled, traceHeader } from "@mesh/runtime";
import type { StartInit } from "../client/transport.ts";
import { headerMessage } from "../error-details.ts";
import type { FittingError } from "../fitting-error.ts";
import {
  BoundedHeaders,
  firstValue,
  type HeaderListeners,
  isPlain,
  metadataBytes,
  type OutgoingHeaders,
  responseHeaders,
  sizeOf,
  toMetadata,
} from "../headers.ts";
import { sentError } from "../received-error.ts";
import { headersSent } from "../server/incoming-stream.ts";

/** The caller's address, as handlers and the log have it. */
const here = "this process";

const noHeaders: ResponseHeaders = { get: () => undefined };

/** A call within this process, without its messages. */
export abstract class LocalCall {
  readonly isLocal = true;
  readonly peer = here;
  readonly callerNames: readonly string[];
  readonly deadline: number;
  readonly #plain: OutgoingHeaders | undefined;
  readonly #received: Metadata | undefined;
  readonly #listeners: HeaderListeners | undefined;
  #headers: BoundedHeaders | undefined;
  #trailers: BoundedHeaders | undefined;
  #areHeadersSent = false;

  /** @throws Error if gRPC does not allow one of the headers */
  constructor({ deadline, headers, listeners }: StartInit, callerNames: readonly string[]) {
    this.deadline = deadline;
    this.callerNames = callerNames;
    this.#listeners = listeners;
    // A copy: another attempt of the call has other headers.
    this.#plain = areAllPlain(headers) ? { ...headers } : undefined;
    this.#received = this.#plain ? undefined : toMetadata(headers);
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    if (!this.#plain) return this.#received && firstValue(this.#received, name);
    const wanted = name.toLowerCase();
    // Plain headers are texts, and none has a name that ends in -bin.
    return Object.hasOwn(this.#plain, wanted) ? (this.#plain[wanted] as HeaderValue<Name>) : undefined;
  }

  get isUnsampled(): boolean {
    return isUnsampled(this.header(traceHeader) ?? "");
  }

  headerBytes(): number {
    if (!this.#plain) return this.#received ? metadataBytes(this.#received) : 0;
    let bytes = 0;
    for (const name in this.#plain) bytes += sizeOf(name, this.#plain[name] ?? "");
    return bytes;
  }

  setHeader(name: string, value: HeaderValue): void {
    if (this.#areHeadersSent) throw headersSent(name);
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

  /** Gives the caller the headers, once. May throw what the caller's listener throws. */
  protected sendHeaders(): void {
    if (this.#areHeadersSent) return;
    this.#areHeadersSent = true;
    this.#listeners?.onHeaders?.(headersOf(this.#headers));
  }

  /** Gives the caller the trailers, and before that the headers. May throw what the caller's listeners throw. */
  protected sendTrailers(failure: FittingError | undefined): void {
    // As in gRPC, an error without headers is a response of trailers only.
    if (!failure || this.#headers) this.sendHeaders();
    this.#areHeadersSent = true;
    this.#listeners?.onTrailers?.(headersOf(this.#trailers));
  }
}

/** The error that the caller gets. It goes the way of all errors, so that it says no more here than it would elsewhere. */
export function errorOf({ error, details }: FittingError, upstream: string, method: MethodDefinition): Error {
  return sentError({ code: codes[error.code], text: headerMessage(error), details, isChosen: true }, upstream, method);
}

/** Whether all headers are texts that gRPC would not change. */
function areAllPlain(headers: OutgoingHeaders): boolean {
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !isPlain(name, value)) return false;
  }
  return true;
}

function headersOf(set: BoundedHeaders | undefined): ResponseHeaders {
  return set ? responseHeaders(set.metadata) : noHeaders;
}
