import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { Mux, type MuxRequest, type MuxResponse } from "@mesh/contracts/protocols/mesh/v1/index";
import { MuxRequestsMessage, MuxResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { traceHeader } from "@mesh/runtime";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import { brokenResponse, type UnaryCall } from "../client/unary-call.ts";
import { coarseMs, methodName } from "../deadline.ts";
import type { OutgoingHeaders } from "../headers.ts";
import { maxResponseBytes } from "../message-stream.ts";
import { CallTable } from "../open-calls.ts";
import { encodePooled } from "../pooled-writer.ts";
import {
  chosenTextHeader,
  detailsHeader,
  endedHere,
  isFromServer,
  isLoggedElsewhere,
  sentError,
} from "../received-error.ts";
import { Flusher } from "./flusher.ts";
import { fullBytes } from "./limits.ts";
import { fromMuxHeaders, headerIn, toMuxHeaders } from "./mux-headers.ts";

/** What happens to a session. */
export interface SessionListener {
  /** Called when the session takes no more calls: the server is closing (`isDraining`), or the stream has ended. */
  onClose(isDraining: boolean): void;
  /** Called with the open calls if the server has no mux. None of them has reached a handler. */
  onUnsupported(calls: readonly UnaryCall[]): void;
  /** Called with a call that the server has refused before it reached a handler. */
  onRefused(call: UnaryCall): void;
}

/** The stream as messages of errors name it. */
const muxName = `${Mux.typeName}/Open`;

/** A call that has no response yet. */
interface OpenCall {
  readonly id: number;
  readonly call: UnaryCall;
  readonly timer: NodeJS.Timeout | undefined;
  /** The parts of a large response. */
  parts: Uint8Array[] | undefined;
}

/** The unary calls of this process to one server process, on one stream. */
export class MuxSession {
  readonly #stream: OutgoingStream;
  readonly #listener: SessionListener;
  readonly #open = new CallTable<OpenCall>();
  readonly #methods = new Map<MethodDefinition, number>();
  readonly #flusher = new Flusher(() => this.#send());
  #calls: MuxRequest[] = [];
  #cancelled: number[] = [];
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

  /** Makes a call. @throws Error if gRPC does not allow one of its headers */
  start(call: UnaryCall): void {
    const { method, deadline } = call;
    const timeoutMs = deadline - Date.now();
    const isBounded = Number.isFinite(timeoutMs);
    const headers = toMuxHeaders(call.headers);
    const isKnown = this.#methods.has(method);
    const number = this.#numberOf(method);
    const id = this.#nextId();
    this.#calls.push({
      id,
      method: number,
      path: isKnown ? "" : method.path,
      timeoutMs: isBounded ? Math.max(1, Math.ceil(timeoutMs)) : 0,
      trace: traceOf(call.headers),
      headers,
      message: call.request,
    });
    const expire = () => call.cancel(endedHere("DEADLINE_EXCEEDED", call.upstream, method));
    const timer = isBounded ? setTimeout(expire, coarseMs(timeoutMs)) : undefined;
    this.#open.add({ id, call, timer, parts: undefined });
    call.onEnd = () => this.#forget(id);
    call.onCancel = () => this.#leave(id);
    this.#flusher.schedule(this.#open.size === 1);
  }

  /** Ends the stream; its calls fail with the error. */
  cancel(error: Error): void {
    this.#stream.cancel(error);
    for (const { call } of this.#open.all()) call.fail(error);
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0 || 1;
    while (this.#open.get(this.#lastId));
    return this.#lastId;
  }

  #numberOf(method: MethodDefinition): number {
    const known = this.#methods.get(method);
    if (known !== undefined) return known;
    const number = this.#methods.size;
    this.#methods.set(method, number);
    return number;
  }

  /** Tells the server that nobody waits for a call, unless it does not know the call yet. */
  #leave(id: number): void {
    const waiting = this.#calls.findIndex((call) => call.id === id);
    // One that names its method must be sent, for those that follow.
    if (waiting >= 0 && this.#calls[waiting]?.path === "") {
      this.#calls.splice(waiting, 1);
      return;
    }
    this.#cancelled.push(id);
    this.#flusher.schedule(true);
  }

  #forget(id: number): void {
    clearTimeout(this.#open.remove(id)?.timer);
    if (this.#isDraining && this.#open.size === 0) this.#stream.finish();
  }

  #send(): Promise<void> {
    let bytes = 0;
    let count = 0;
    while (count < this.#calls.length && bytes < fullBytes) bytes += this.#calls[count++]?.message.length ?? 0;
    const calls = this.#calls.splice(0, count);
    const cancelled = this.#cancelled;
    this.#cancelled = [];
    if (this.#calls.length > 0) this.#flusher.schedule(false);
    return this.#stream.send(encodePooled(MuxRequestsMessage, { calls, cancelled }));
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
    const { results, draining } = MuxResponsesMessage.decode(bytes);
    const isNews = draining && !this.#isDraining;
    // Before the results: a call that was refused must not be made again here.
    if (isNews) this.#listener.onClose(true);
    for (const result of results) this.#settle(result);
    if (!isNews) return;
    this.#isDraining = true;
    if (this.#open.size === 0) this.#stream.finish();
  }

  #settle(result: MuxResponse): void {
    const open = this.#open.get(result.id);
    // A call that was cancelled may have been answered before the server knew.
    if (!open) return;
    if (result.refused && !open.call.wasRefused) this.#release(open);
    else if (result.more) keepPart(open, result.message);
    else end(open, result);
  }

  /** Gives up a call that is not over, so that it can be made again. */
  #release({ id, call, timer }: OpenCall): void {
    clearTimeout(timer);
    this.#open.remove(id);
    call.wasRefused = true;
    this.#listener.onRefused(call);
  }

  #end(failure: unknown): void {
    const open = this.#open.all();
    if (!this.#isDraining) this.#listener.onClose(false);
    if (this.#hasHeard || !isForeign(failure)) {
      for (const { call } of open) call.fail(failureOf(call, failure));
      return;
    }
    for (const { timer } of open) clearTimeout(timer);
    this.#open.clear();
    this.#listener.onUnsupported(open.map(({ call }) => call));
  }
}

/** Returns whether a server that has no mux ended the stream. */
function isForeign(failure: unknown): boolean {
  if (!(failure instanceof MeshError)) return false;
  return failure.code === "UNIMPLEMENTED" || (isFromServer(failure) && !isLoggedElsewhere(failure));
}

/** Returns the error of a call whose stream has ended. */
function failureOf({ upstream, method }: UnaryCall, failure: unknown): Error {
  if (!(failure instanceof MeshError)) return endedHere("UNAVAILABLE", upstream, method, failure);
  const { code, message, cause } = failure;
  return new MeshError({ code, message: message.replace(muxName, () => methodName(method)), cause });
}

function traceOf(headers: OutgoingHeaders): string {
  const trace = headers[traceHeader];
  return typeof trace === "string" ? trace : "";
}

function keepPart(open: OpenCall, part: Uint8Array): void {
  open.parts ??= [];
  open.parts.push(part);
  const bytes = open.parts.reduce((total, { length }) => total + length, 0);
  if (bytes > maxResponseBytes) open.call.cancel(brokenResponse(open.call, `it has over ${maxResponseBytes} bytes`));
}

function end({ call, parts }: OpenCall, { message, code, text, headers, trailers }: MuxResponse): void {
  const { listeners } = call;
  try {
    // As in gRPC, an error without headers is a response of trailers only.
    if (code === 0 || headers.length > 0) listeners?.onHeaders?.(fromMuxHeaders(headers));
    listeners?.onTrailers?.(fromMuxHeaders(trailers));
  } catch (error) {
    call.fail(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (code === 0) {
    call.succeed(parts ? Buffer.concat([...parts, message]) : message);
    return;
  }
  const details = headerIn(trailers, detailsHeader);
  const isChosen = headerIn(trailers, chosenTextHeader) !== undefined;
  call.fail(sentError({ code, text, details, isChosen }, call.upstream, call.method));
}
