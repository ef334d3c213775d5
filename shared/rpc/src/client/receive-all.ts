import { setTimeout as pause } from "node:timers/promises";
import type { MethodDefinition } from "@mesh/contracts";
import { countRetry } from "../telemetry/note.ts";
import { PendingCall, type PendingCallInit } from "./outgoing-call.ts";
import type { OutgoingStream } from "./outgoing-stream.ts";
import { waitBeforeRetry } from "./retry.ts";
import { brokenResponse } from "./unary-call.ts";

/** Runs the middleware around a call. */
type RunCall = (call: PendingCall) => Promise<unknown>;

const left = new Error("the loop was left");

/** Waits for the end of a call whose responses are read by a loop. Leaving the loop is no failure. */
export async function untilEnd(stream: OutgoingStream<unknown>): Promise<void> {
  const failure = await stream.ended;
  if (failure && failure !== left) throw failure;
}

/** Reads a response. @throws MeshError INTERNAL if it is none */
export function readResponse(carried: unknown, call: PendingCall): unknown {
  const { output } = call.method;
  try {
    return call.format.read(output, carried);
  } catch (cause) {
    throw brokenResponse(call, `its bytes are not a ${output.typeName}`, cause);
  }
}

/**
 * The responses of a call. The call starts with the first `next`, reads as fast as they are taken, and ends when the loop
 * is left, even while it waits for a response. A query whose server is lost is called again: before the first response,
 * and if its contract says how, where it was.
 *
 * @param run runs the middleware around the call
 */
export function receiveAll(init: PendingCallInit, run: RunCall): AsyncGenerator<unknown> {
  let stream: OutgoingStream<unknown> | undefined;
  let isLeft = false;

  async function* readOnce(call: PendingCall): AsyncGenerator<unknown> {
    const { started, ended } = begin(call, run);
    stream = await started;
    if (!stream) return;
    if (isLeft) stream.cancel(left);
    try {
      for (let one = await stream.receive(); one; one = await stream.receive()) yield readResponse(one, call);
      await ended;
    } catch (error) {
      if (error === left) return;
      stream.cancel(error instanceof Error ? error : new Error(String(error)));
      await ended; // A middleware may have made another error of it.
      throw error;
    } finally {
      stream.cancel(left);
    }
  }

  async function* read(): AsyncGenerator<unknown> {
    const attempts = new StreamAttempts(init);
    for (;;) {
      const call = attempts.next();
      try {
        for await (const response of readOnce(call)) {
          attempts.note(response);
          yield response;
        }
        return;
      } catch (error) {
        const waitMs = attempts.waitAfter(error, call);
        if (waitMs === undefined) throw error;
        countRetry(call);
        await call.until(pause(waitMs));
        if (isLeft) return;
      }
    }
  }

  const messages = init.method.idempotency === "no_side_effects" ? read() : readOnce(new PendingCall(init));
  const leave = messages.return.bind(messages);
  // A generator's own `return` waits for the `next` before it.
  messages.return = (value) => {
    isLeft = true;
    stream?.cancel(left);
    return leave(value);
  };
  return messages;
}

/** The attempts of a query with streamed responses. */
class StreamAttempts {
  #init: PendingCallInit;
  #endsAt = Number.POSITIVE_INFINITY;
  /** The attempts since the last response. */
  #attempts = 0;
  #last: unknown;

  constructor(init: PendingCallInit) {
    this.#init = init;
  }

  /** Returns the call to make next. */
  next(): PendingCall {
    this.#attempts += 1;
    return new PendingCall(this.#init);
  }

  /** Notes a response. */
  note(response: unknown): void {
    if (this.#attempts > 0) this.#init.connection.retries.earn();
    this.#attempts = 0;
    this.#last = response;
  }

  /** Returns how long to wait before another attempt, in milliseconds; undefined: there is none. */
  waitAfter(error: unknown, call: PendingCall): number | undefined {
    const { startedAt, timeoutMs, isReopened } = call;
    if (!isReopened) return undefined;
    const waitMs = waitBeforeRetry(error, Math.max(1, this.#attempts), call);
    if (startedAt !== undefined && timeoutMs !== undefined) {
      this.#endsAt = Math.min(this.#endsAt, startedAt + timeoutMs);
    }
    const leftMs = this.#endsAt - Date.now();
    if (waitMs === undefined || waitMs >= leftMs || !this.#goOn(leftMs)) return undefined;
    return this.#init.connection.retries.spend() ? waitMs : undefined;
  }

  /** Makes the request that of the responses which are missing. Returns false if the contract does not say how. */
  #goOn(leftMs: number): boolean {
    const { method, input, options } = this.#init;
    const again = this.#last === undefined ? input : resumed(method, input, this.#last);
    if (again === undefined) return false;
    const limited = Number.isFinite(leftMs) ? { ...options, timeoutMs: leftMs } : options;
    this.#init = { ...this.#init, input: again, options: limited };
    return true;
  }
}

/** Returns the request that continues after a response; undefined: the contract does not say how. */
function resumed({ resume }: MethodDefinition, request: unknown, response: unknown): unknown {
  const value = resume?.response.reduce<unknown>((scope, key) => Reflect.get(Object(scope), key), response);
  return resume && value !== undefined ? { ...Object(request), [resume.request]: value } : undefined;
}

/** Runs the middleware around a call until it is started; `undefined`: a middleware did not start it. */
function begin(call: PendingCall, run: RunCall) {
  let ended: Promise<unknown> = Promise.resolve();
  const started = new Promise<OutgoingStream<unknown> | undefined>((resolve, reject) => {
    call.onStart = resolve;
    ended = run(call);
    ended.then(() => resolve(undefined), reject);
  });
  return { started, ended };
}
