import { Metadata, type ServerInterceptingCallInterface, status } from "@grpc/grpc-js";
import { codes, MeshError } from "@mesh/contracts";
import { encodeDetails, headerMessage } from "../error-details.ts";
import { type MessageStream, toBuffer, type Waiter } from "../message-stream.ts";
import { detailsHeader } from "../received-error.ts";

/** A call that arrived. */
export interface IncomingStream extends MessageStream {
  /** The caller's address. */
  readonly peer: string;
  /** When the caller gives up, in milliseconds since the epoch; Infinity: it did not say. */
  readonly deadline: number;
  /** The first value of a header. */
  header(name: string): string | undefined;
  /** The size of all headers in bytes, as HTTP/2 counts it. */
  headerBytes(): number;
  /** Ends the call: with an error, or well. */
  end(error?: MeshError): void;
}

/**
 * Takes a call over one layer below grpc-js's Node streams, which read before the handler runs and destroy themselves
 * when a loop is left. Here each read and each write is asked for.
 *
 * @param onCall what to do with it, called once, before any of its messages is read; gives what to do when the call is
 *   over before `end`: its caller is gone, its time is up, or grpc-js refused a message
 */
export function acceptCall(call: ServerInterceptingCallInterface, onCall: (call: IncomingStream) => () => void): void {
  let incoming: GrpcIncomingStream | undefined;
  let onGone = () => {};
  call.start({
    onReceiveMetadata: (metadata) => {
      incoming = new GrpcIncomingStream(call, metadata);
      onGone = onCall(incoming);
    },
    onReceiveMessage: (message: Uint8Array) => incoming?.received(message),
    onReceiveHalfClose: () => incoming?.received(undefined),
    // Called for every call, also for those that ended well.
    onCancel: () => {
      if (incoming?.close()) onGone();
    },
  });
}

const gone = new MeshError({ code: "CANCELLED", message: "the caller is gone" });

class GrpcIncomingStream implements IncomingStream {
  readonly peer: string;
  readonly deadline: number;
  readonly #call: ServerInterceptingCallInterface;
  readonly #metadata: Metadata;
  #reading: Waiter<Uint8Array | undefined> | undefined;
  #writing: Waiter<void> | undefined;
  #isOver = false;

  constructor(call: ServerInterceptingCallInterface, metadata: Metadata) {
    this.#call = call;
    this.#metadata = metadata;
    this.peer = call.getPeer();
    this.deadline = Number(call.getDeadline());
  }

  header(name: string): string | undefined {
    return this.#metadata.get(name)[0]?.toString();
  }

  headerBytes(): number {
    const headers = Object.entries(this.#metadata.toHttp2Headers());
    return headers.reduce((sum, [name, values]) => sum + sizeOf(name, values), 0);
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
      this.#call.sendMessage(toBuffer(message), resolve);
    });
  }

  end(error?: MeshError): void {
    if (this.#isOver) return;
    // A read that the handler began and no longer waits for is no failure. But if the call fails, as when its time is
    // up, a handler that reads must not take this for the end of the requests, and keep half of them.
    if (!error) this.#reading?.resolve(undefined);
    this.close(error);
    this.#call.sendStatus(error ? toStatus(error) : { code: status.OK, details: "OK" });
  }

  /** @param message undefined: the caller is done */
  received(message: Uint8Array | undefined): void {
    this.#reading?.resolve(message);
  }

  /** Rejects what waits; says whether the call was open. */
  close(reason: MeshError = gone): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#reading?.reject(reason);
    this.#writing?.reject(reason);
    return true;
  }
}

function toStatus(error: MeshError) {
  const metadata = new Metadata();
  metadata.set(detailsHeader, toBuffer(encodeDetails(error)));
  return { code: codes[error.code], details: headerMessage(error), metadata };
}

function sizeOf(name: string, values: string | number | string[] | undefined): number {
  const list = Array.isArray(values) ? values : [String(values)];
  return list.reduce((sum, value) => sum + name.length + value.length + 32, 0);
}
