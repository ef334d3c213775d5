import { MeshError } from "@mesh/contracts";
import type { MuxHeader, MuxRequest, MuxResponse } from "@mesh/contracts/protocols/mesh/v1/index";
import { MuxRequestsMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import type { UnaryCall } from "../client/unary-call.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { asUnsent, isUnsent } from "../error-origin.ts";
import { CallTable } from "../open-calls.ts";
import { encodePooled } from "../pooled-writer.ts";
import { endedHere, noRoom } from "../received-error.ts";
import { CallQueue } from "./call-queue.ts";
import { decodeResponses } from "./envelope.ts";
import { Flusher } from "./flusher.ts";
import { lacksMux } from "./lacks-mux.ts";
import { fullBytes } from "./limits.ts";
import { muxHeaderBytes } from "./mux-headers.ts";
import { endCall, keepPart, type OpenCall } from "./open-call.ts";
import { Requests } from "./requests.ts";

/** What happens to a session. */
export interface SessionListener {
  /** Called when the session takes no more calls: when the server is closing (`isDraining`), and when the stream has ended. */
  onClose(isDraining: boolean): void;
  /** Called with the open calls if the server has no mux. None of them has reached a handler. */
  onUnsupported(calls: readonly UnaryCall[]): void;
  /** Called with a call that the server has refused before it reached a handler. */
  onRefused(call: UnaryCall): void;
}

/** The size of a call in a message besides its request and headers, at most about, in bytes. */
const overheadBytes = 200;

/** For code that runs when the running code has ended. */
const now = Promise.resolve();

/** The unary calls of this process to one server process, on one stream. */
export class MuxSession {
  readonly #stream: OutgoingStream;
  readonly #listener: SessionListener;
  readonly #open = new CallTable<OpenCall>();
  readonly #requests = new Requests();
  readonly #flusher = new Flusher(() => this.#send());
  /** The calls that are not sent. Some may be over. */
  readonly #queue = new CallQueue<OpenCall>({
    wake: () => this.#flusher.schedule(false),
    reject: ({ call }) => call.fail(noRoom(call.upstream, call.method)),
    isOver: ({ call }) => call.isOver,
  });
  // The server knows the deadline too, and ends the call by itself.
  readonly #timer = new DeadlineTimer<OpenCall>(
    () => this.#open.all(),
    ({ call }) => call.fail(endedHere("DEADLINE_EXCEEDED", call.upstream, call.method)),
  );
  #cancelled: number[] = [];
  /** The calls that are sent and have no response yet. */
  #sentCalls = 0;
  #lastId = 0;
  /** Whether the server has sent anything. */
  #hasHeard = false;
  #isDraining = false;

  constructor(stream: OutgoingStream, listener: SessionListener) {
    this.#stream = stream;
    this.#listener = listener;
    void this.#receiveAll();
  }

  /** The number of calls that have no response yet. */
  get openCalls(): number {
    return this.#open.size;
  }

  /** Makes a call. @param headers its headers without that of the trace */
  start(call: UnaryCall, headers: MuxHeader[]): void {
    const { deadline } = call;
    const queuedAt = Date.now();
    const id = this.#nextId();
    const open: OpenCall = {
      id,
      call,
      headers,
      deadline,
      queuedAt,
      isSent: false,
      parts: undefined,
      partBytes: 0,
      next: undefined,
    };
    this.#open.add(open);
    this.#timer.note(deadline);
    this.#queue.add(open);
    call.onEnd = () => this.#forget(open);
    call.onCancel = () => this.#leave(open);
    this.#flusher.schedule(this.#open.size === 1, this.#queue.length);
  }

  /** Ends the stream; its calls fail with the error. */
  cancel(error: Error): void {
    this.#stream.cancel(error);
    for (const { call } of this.#open.all()) call.fail(error);
  }

  /** Moves the calls that are not sent, and ends the others that may be made again: the server does not respond. */
  giveUp(): void {
    this.#queue.remove((open) => this.#moves(open));
    for (const { call } of this.#open.all()) call.giveUp();
  }

  /** Moves a call to another replica, if there is one. */
  #moves(open: OpenCall): boolean {
    if (open.call.isOver) return true;
    // Before the move, after which this session may be closed with its calls.
    this.#open.remove(open.id);
    if (open.call.move()) return true;
    this.#open.add(open);
    return false;
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0 || 1;
    while (this.#open.get(this.#lastId));
    return this.#lastId;
  }

  /** Cancels a call at the server, if it was sent. */
  #leave({ id, isSent }: OpenCall): void {
    if (!isSent) return;
    this.#cancelled.push(id);
    this.#flusher.schedule(true);
  }

  #forget({ id, isSent }: OpenCall): void {
    this.#open.remove(id);
    if (isSent) this.#sentCalls -= 1;
    if (this.#queue.length > 0) this.#flusher.schedule(false);
    // Later, because a cancellation may follow.
    if (this.#isDraining && this.#open.size === 0) void now.then(() => this.#finishIfDone());
  }

  /** Ends our side of the stream of a server that is closing, if nothing is left to send. */
  #finishIfDone(): void {
    if (this.#isDraining && this.#open.size === 0 && this.#cancelled.length === 0) this.#stream.finish();
  }

  async #send(): Promise<void> {
    try {
      const calls = this.#take();
      const cancelled = this.#cancelled;
      this.#cancelled = [];
      if (calls.length > 0 || cancelled.length > 0) {
        await this.#stream.send(encodePooled(MuxRequestsMessage, { calls, cancelled }));
      }
      this.#finishIfDone();
    } catch (error) {
      this.#stream.cancel(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Takes the calls from the queue for which there is room in a message and at the server. */
  #take(): MuxRequest[] {
    const calls: MuxRequest[] = [];
    let bytes = 0;
    while (bytes < fullBytes) {
      const open = this.#queue.take(this.#sentCalls);
      if (!open) break;
      if (open.call.isOver) continue;
      open.isSent = true;
      this.#sentCalls += 1;
      bytes += open.call.request.length + muxHeaderBytes(open.headers) + overheadBytes;
      calls.push(this.#requests.of(open));
    }
    if (this.#queue.rest(this.#sentCalls)) this.#flusher.schedule(false);
    return calls;
  }

  async #receiveAll(): Promise<void> {
    let failure: unknown;
    try {
      for (let bytes = await this.#stream.receive(); bytes; bytes = await this.#stream.receive()) {
        this.#hasHeard = true;
        this.#read(bytes);
      }
    } catch (error) {
      failure = error;
      this.#stream.cancel(error instanceof Error ? error : new Error(String(error)));
    }
    this.#end(failure);
  }

  #read(bytes: Uint8Array): void {
    const { results, draining, rejected } = decodeResponses(bytes);
    const isNews = draining && !this.#isDraining;
    // Before the results: a call that was refused must not be made again here.
    if (isNews) this.#listener.onClose(true);
    if (rejected.length > 0) this.#queue.shrink(this.#sentCalls - rejected.length);
    for (const id of rejected) this.#reject(id);
    for (const result of results) this.#settle(result);
    if (!isNews) return;
    this.#isDraining = true;
    this.#finishIfDone();
  }

  #settle(result: MuxResponse): void {
    const open = this.#open.get(result.id);
    // A call that was cancelled may have been answered before the server knew.
    if (!open) return;
    if (result.refused && !open.call.wasRefused) this.#release(open);
    else if (result.more) keepPart(open, result.message);
    else {
      this.#queue.grow();
      endCall(open, result);
    }
  }

  #reject(id: number): void {
    const call = this.#open.get(id)?.call;
    call?.fail(noRoom(call.upstream, call.method));
  }

  /** Gives up a call that is not over, so that it can be made again. */
  #release(open: OpenCall): void {
    this.#forget(open);
    this.#listener.onRefused(open.call);
    open.call.wasRefused = true;
  }

  #end(failure: unknown): void {
    this.#queue.close();
    this.#timer.stop();
    const open = this.#open.all();
    this.#listener.onClose(false);
    if (this.#hasHeard || !lacksMux(failure)) {
      for (const { call, isSent } of open) {
        const isUnseen = !isSent || isUnsent(failure);
        if (isUnseen && call.move()) continue;
        const error = endedHere("UNAVAILABLE", call.upstream, call.method, causeOf(failure));
        call.fail(isUnseen ? asUnsent(error) : error);
      }
      return;
    }
    this.#open.clear();
    this.#listener.onUnsupported(open.map(({ call }) => call));
  }
}

/** Returns what made the stream fail, in the words of what noticed it. */
function causeOf(failure: unknown): unknown {
  return failure instanceof MeshError ? (failure.cause ?? failure) : failure;
}
