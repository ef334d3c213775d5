import { Metadata, type ServerInterceptingCallInterface, status } from "@grpc/grpc-js";
import { codes, type HeaderValue, MeshError } from "@mesh/contracts";
import { isUnsampled, traceHeader } from "@mesh/runtime";
import { encodeDetails, headerMessage } from "../error-details.ts";
import type { FittingError } from "../fitting-error.ts";
import { BoundedHeaders, firstValue, metadataBytes } from "../headers.ts";
import { type Caller, callerOf } from "../identity/callers.ts";
import { type MessageStream, toBuffer, type Waiter } from "../message-stream.ts";
import { chosenTextHeader, detailsHeader, overloadHeader, refusedHeader } from "../received-status.ts";
import { overloaded } from "./admission.ts";
import { closing } from "./closing.ts";

/**
 * A call that arrived.
 *
 * @typeParam M a message: its bytes, or within a process a copy
 */
export interface IncomingStream<M = Uint8Array> extends Pick<MessageStream<M>, "receive"> {
  /** Whether its messages are copies: the caller is in this process. */
  readonly isLocal?: boolean;
  /** Resolves once there is room for the next message; undefined: there is. Rejects when the call is over. */
  send(message: M): Promise<void> | undefined;
  /** The caller's address. */
  readonly peer: string;
  /** The names in the caller's certificate; none without an identity. */
  readonly callerNames: readonly string[];
  /** Whether the caller's certificate is still trusted; absent: the stream that carries this call knows. */
  readonly isTrusted?: boolean;
  /** When the caller gives up, in milliseconds since the epoch; Infinity: it did not say. */
  readonly deadline: number;
  /** The only request, if it has arrived with the call. */
  readonly only?: M;
  /** Resolves when `only` may be read: once all calls are counted that have arrived with this one. */
  readonly counted?: Promise<void> | undefined;
  /** The first value of a header, named in small letters; undefined: it was not sent. */
  header<Name extends string>(name: Name): HeaderValue<Name> | undefined;
  /** Whether its trace says that it is not sampled. */
  readonly isUnsampled: boolean;
  /** The size of all headers in bytes, as HTTP/2 counts it. */
  headerBytes(): number;
  /** Sets a header that is sent with the first message. */
  setHeader(name: string, value: HeaderValue): void;
  /** Sets a trailer that is sent at the end. */
  setTrailer(name: string, value: HeaderValue): void;
  /** The bytes of the trailers. */
  trailerBytes(): number;
  /** Resolves once all responses are handed to the connection; absent: each `send` waits for that. Rejects when the call is over. */
  flushed?(): Promise<void>;
  /** Ends the call: with an error, or well. */
  end(failure?: FittingError): void;
}

/**
 * Runs a call when its headers have arrived, before any of its messages is read. Returns a function to call if the call is
 * over before `end`: its caller is gone, its time is up, or grpc-js refused a message.
 */
export interface Route<M = Uint8Array> {
  (stream: IncomingStream<M>): () => void;
  /** Returns whether there is no room for a further call, which is then counted as rejected. */
  readonly rejects?: () => boolean;
  /** Whether it refuses the calls of callers that are not trusted any more by itself. */
  readonly refuses?: boolean;
}

/** What grpc-js calls as a call goes on. It does not export the type. */
type Listener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/** The error of a header that is set too late. */
export function headersSent(name: string): Error {
  return new Error(`${name} can't be set: the headers were sent with the first message`);
}

/** The error of what waits for a caller that has left. */
export const gone = new MeshError({ code: "CANCELLED", message: "the caller is gone" });

/**
 * A call one layer below grpc-js's Node streams, which read before the handler runs and destroy themselves when a loop is
 * left. Here each read and each write is asked for. grpc-js calls the methods whose names begin with `on`.
 */
export class GrpcIncomingStream implements IncomingStream, Listener {
  readonly peer: string;
  readonly deadline: number;
  readonly #caller: Caller;
  readonly #call: ServerInterceptingCallInterface;
  readonly #route: Route;
  #received: Metadata | undefined;
  #onGone: (() => void) | undefined;
  #reading: Waiter<Uint8Array | undefined> | undefined;
  #writing: Waiter<void> | undefined;
  #headers: BoundedHeaders | "sent" | undefined;
  #trailers: BoundedHeaders | undefined;
  #isOver = false;

  constructor(call: ServerInterceptingCallInterface, route: Route) {
    this.#call = call;
    this.#route = route;
    this.peer = call.getPeer();
    // Now, because a call that has ended has no connection to ask.
    this.#caller = callerOf(call);
    this.deadline = Number(call.getDeadline());
  }

  get callerNames(): readonly string[] {
    return this.#caller.names;
  }

  get isTrusted(): boolean {
    return this.#caller.isTrusted;
  }

  onReceiveMetadata(headers: Metadata): void {
    this.#received = headers;
    if (this.isTrusted || this.#route.refuses) this.#onGone = this.#route(this);
    else this.#refuse();
  }

  header<Name extends string>(name: Name): HeaderValue<Name> | undefined {
    return this.#received && firstValue(this.#received, name);
  }

  get isUnsampled(): boolean {
    return isUnsampled(this.header(traceHeader) ?? "");
  }

  headerBytes(): number {
    return this.#received ? metadataBytes(this.#received) : 0;
  }

  onReceiveMessage(message: Uint8Array): void {
    this.#reading?.resolve(message);
  }

  onReceiveHalfClose(): void {
    this.#reading?.resolve(undefined);
  }

  /** Called for every call, also for those that ended well. */
  onCancel(): void {
    if (this.#close(gone)) this.#onGone?.();
  }

  receive(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return Promise.reject(gone);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#call.startRead();
    });
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#isOver) return Promise.reject(gone);
    return new Promise((resolve, reject) => {
      this.#writing = { resolve, reject };
      this.#sendHeaders();
      this.#call.sendMessage(message, resolve);
    });
  }

  end(failure?: FittingError): void {
    if (this.#isOver) return;
    // A read that the handler began and no longer waits for is no failure. But if the call fails, as when its time is
    // up, a handler that reads must not take this for the end of the requests, and keep half of them.
    if (!failure) this.#reading?.resolve(undefined);
    this.#close(failure?.error ?? gone);
    this.#sendHeaders();
    const trailers = this.#trailers?.metadata;
    this.#call.sendStatus(
      failure ? toStatus(failure, trailers) : { code: status.OK, details: "OK", metadata: trailers },
    );
  }

  setHeader(name: string, value: HeaderValue): void {
    if (this.#headers === "sent") throw headersSent(name);
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

  /** Ends a call that reaches no handler: its caller must connect again. */
  #refuse(): void {
    const failure = toStatus({ error: closing, details: encodeDetails(closing), cut: [] });
    failure.metadata.set(refusedHeader, "1");
    this.#close(closing);
    this.#call.sendStatus(failure);
  }

  #sendHeaders(): void {
    if (this.#headers instanceof BoundedHeaders) this.#call.sendMetadata(this.#headers.metadata);
    this.#headers = "sent";
  }

  /** Rejects what waits. Returns whether the call was open. */
  #close(reason: MeshError): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#reading?.reject(reason);
    this.#writing?.reject(reason);
    return true;
  }
}

function toStatus({ error, details }: FittingError, metadata = new Metadata()) {
  metadata.set(detailsHeader, toBuffer(details));
  metadata.set(chosenTextHeader, "1");
  if (error === overloaded) metadata.set(overloadHeader, "1");
  return { code: codes[error.code], details: headerMessage(error), metadata };
}
