import { status } from "@grpc/grpc-js";
import { MeshError } from "@mesh/contracts";
import type { MuxResponse } from "@mesh/contracts/protocols/mesh/v1/index";
import { MuxResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { CallTable } from "../open-calls.ts";
import { encodePooled } from "../pooled-writer.ts";
import { closing } from "../server/closing.ts";
import type { IncomingStream, Route } from "../server/incoming-stream.ts";
import { decodeRequests, type ReceivedRequest } from "./envelope.ts";
import { Flusher } from "./flusher.ts";
import { fullBytes, maxMethods, maxOpenCalls, maxPartBytes, maxWaitingBytes } from "./limits.ts";
import { MuxCall } from "./mux-call.ts";
import { muxHeaderBytes } from "./mux-headers.ts";
import { sendable, unimplemented } from "./sendable.ts";
import { ReceivedSigners } from "./signers.ts";
import { Turns } from "./turns.ts";

/** The size of a result in a message besides its parts, at most about, in bytes. */
const overheadBytes = 50;

/**
 * The handlers of a message run in turns: the client works on the first responses while the server works on the next ones. A turn
 * has so many calls at least, and a message so many turns at most, because each one costs a message.
 */
const leastOfTurn = 16;
const mostTurns = 4;

/** A response, and how much of its message is sent. */
interface Queued {
  readonly result: MuxResponse;
  sentBytes: number;
}

/** The calls of one client on one stream. */
export class MuxServerSession {
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  readonly #stream: IncomingStream;
  readonly #caller: Pick<IncomingStream, "peer" | "callerNames">;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #turns = new Turns();
  /** The paths by the client's numbers. */
  readonly #paths = new Map<number, string>();
  readonly #signers = new ReceivedSigners();
  readonly #open = new CallTable<MuxCall>();
  readonly #flusher = new Flusher(() => this.#send());
  #queue: Queued[] = [];
  /** The size of the messages in the queue. */
  #waitingBytes = 0;
  /** The ids of calls that are rejected, in no message yet. */
  #rejected: number[] = [];
  #resolveRoom: () => void = () => {};
  #isRefusing = false;
  /** Whether the next message says that the server is closing. */
  #isClosingDue = false;
  /** Whether the client begins no more calls. */
  #isDone = false;
  #resolveEnded: () => void = () => {};

  constructor(stream: IncomingStream, routes: ReadonlyMap<string, Route>) {
    this.#stream = stream;
    this.#caller = { peer: stream.peer, callerNames: stream.callerNames };
    this.#routes = routes;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    void this.#receiveAll();
  }

  /** Whether the certificate of its client is still trusted. */
  get isTrusted(): boolean {
    return this.#stream.isTrusted !== false;
  }

  /** Answers the calls that are open, and refuses all others. */
  refuse(): void {
    this.#isRefusing = true;
    this.drain();
  }

  /** Asks the client to send no more calls. The client ends the stream after the last response. */
  drain(): void {
    this.#isClosingDue = true;
    this.#flusher.schedule(true);
  }

  /** Aborts the handlers of all calls: their caller has left. */
  abort(): void {
    for (const call of this.#open.clear()) call.leave();
    this.#waitingBytes = 0;
    this.#resolveRoom();
    this.#resolveEnded();
  }

  async #receiveAll(): Promise<void> {
    try {
      for (let bytes = await this.#stream.receive(); bytes; bytes = await this.#stream.receive()) {
        this.#read(bytes);
        while (this.#waitingBytes > maxWaitingBytes) await this.#room();
      }
      this.#isDone = true;
      this.#endIfDone();
    } catch (error) {
      this.#break(error);
    }
  }

  #read(bytes: Uint8Array): void {
    const { calls, cancelled } = decodeRequests(bytes);
    if (cancelled.length > 2 * maxOpenCalls) throw invalid(`${cancelled.length} calls are cancelled in one message`);
    if (this.#open.size + this.#queue.length + this.#rejected.length + calls.length > maxOpenCalls) {
      throw tooMany();
    }
    const isAlone = calls.length === 1 && this.#open.size === 0;
    const ofTurn = Math.max(leastOfTurn, Math.ceil(calls.length / mostTurns));
    for (const call of calls) this.#begin(call, isAlone ? undefined : this.#turns.take(ofTurn));
    for (const id of cancelled) this.#leave(id);
  }

  #begin(request: ReceivedRequest, counted: Promise<void> | undefined): void {
    const { id, method } = request;
    if (this.#open.get(id)) throw invalid(`call ${id} is open already`);
    // The stream keeps what it names by a number, also if this call is rejected.
    const signer = this.#signers.textOf(request);
    const path = this.#pathOf(request);
    const route = this.#routes.get(path);
    if (!this.#isRefusing && route?.rejects?.()) {
      this.#reject(id);
      return;
    }
    const call = new MuxCall(request, this.#caller, signer, counted, this.#respond);
    if (this.#isRefusing) {
      call.refuse(sendable(closing));
      return;
    }
    if (!route) {
      call.end(unimplemented(path === "" ? `with the number ${method}` : path));
      return;
    }
    // A call counts as open before its handler runs, so that all responses of this message wait for each other.
    this.#open.add(call);
    call.onLeave = route(call);
  }

  /** Responds to a call for which there is no room. */
  #reject(id: number): void {
    this.#rejected.push(id);
    this.#flusher.schedule(this.#open.size === 0);
  }

  #pathOf({ method, path }: ReceivedRequest): string {
    if (path === "") return this.#paths.get(method) ?? "";
    if (method >= maxMethods) throw invalid(`${method} is no number of a method`);
    // Other paths may be long, and many.
    if (this.#routes.has(path)) this.#paths.set(method, path);
    else this.#paths.delete(method);
    return path;
  }

  #leave(id: number): void {
    const call = this.#open.remove(id);
    if (!call) return;
    call.leave();
    this.#endIfDone();
  }

  readonly #respond = (call: MuxCall, result: MuxResponse) => {
    this.#open.remove(call.id);
    this.#queue.push({ result, sentBytes: 0 });
    this.#waitingBytes += result.message.length;
    this.#flusher.schedule(this.#open.size === 0, this.#queue.length);
  };

  #send(): Promise<void> {
    const results: MuxResponse[] = [];
    const begun: Queued[] = [];
    let taken = 0;
    for (let bytes = 0; taken < this.#queue.length && bytes < fullBytes; taken++) {
      const queued = this.#queue[taken];
      if (!queued) continue;
      const part = nextPart(queued);
      bytes += sizeOfResult(part);
      this.#waitingBytes -= part.message.length;
      results.push(part);
      if (part.more) begun.push(queued);
    }
    // Those that have not begun come first: a small one waits for one part of each large one.
    this.#queue = [...this.#queue.slice(taken), ...begun];
    const rejected = this.#rejected;
    if (rejected.length > 0) this.#rejected = [];
    const draining = this.#isClosingDue;
    this.#isClosingDue = false;
    if (this.#queue.length > 0) this.#flusher.schedule(false);
    const sending = this.#stream.send(encodePooled(MuxResponsesMessage, { results, draining, rejected }));
    return Promise.resolve(sending).then(() => {
      this.#resolveRoom();
      this.#endIfDone();
    });
  }

  /** Resolves once a part of the responses has been sent. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolveRoom = resolve;
    });
  }

  /** Ends the stream if no response is missing, and none can follow. */
  #endIfDone(): void {
    if (!this.#isDone || this.#open.size > 0 || this.#queue.length > 0 || this.#rejected.length > 0) return;
    this.#stream.end();
    this.#resolveEnded();
  }

  /** Ends the stream with an error of the client, unless it is gone. */
  #break(error: unknown): void {
    const known = error instanceof MeshError ? error : new MeshError({ code: "INTERNAL", message: "internal error" });
    this.#stream.end(sendable(known));
    this.abort();
  }
}

function invalid(message: string, cause?: unknown): MeshError {
  return new MeshError({ code: "INVALID_ARGUMENT", message, cause });
}

function tooMany(): MeshError {
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message: `over ${maxOpenCalls} calls are open on a stream` });
}

function sizeOfResult({ message, text, headers, trailers }: MuxResponse): number {
  return message.length + text.length * 3 + muxHeaderBytes(headers) + muxHeaderBytes(trailers) + overheadBytes;
}

function nextPart(queued: Queued): MuxResponse {
  const { result, sentBytes } = queued;
  const left = result.message.length - sentBytes;
  if (sentBytes === 0 && left <= maxPartBytes) return result;
  queued.sentBytes += Math.min(left, maxPartBytes);
  const message = result.message.subarray(sentBytes, queued.sentBytes);
  if (left <= maxPartBytes) return { ...result, message };
  return { id: result.id, message, more: true, code: status.OK, text: "", headers: [], trailers: [], refused: false };
}
