import { MeshError } from "@mesh/contracts";
import { Mux } from "@mesh/contracts/protocols/mesh/v1/index";
import { closedError, type GrpcTransport, type Transport } from "../client/transport.ts";
import type { UnaryCall } from "../client/unary-call.ts";
import { methodName } from "../deadline.ts";
import { maxHeaderBytes } from "../headers.ts";
import { retryLaterMs } from "../retry-later.ts";
import { maxClientCalls, maxPartBytes } from "./limits.ts";
import { muxHeaderBytes, toMuxHeaders } from "./mux-headers.ts";
import { MuxSession } from "./mux-session.ts";

/** For how long a server that has no mux is called the plain way before it is asked again, in milliseconds. */
const rememberMs = 5 * 60_000;

/** Carries unary calls as messages on one stream, if the server can. Other calls, and large requests, go the plain way. */
export function muxTransport(plain: GrpcTransport, upstream: string): Transport {
  let session: MuxSession | undefined;
  let plainUntil = 0;

  function open(): MuxSession {
    const { open: method } = Mux.methods;
    if (!method) throw new Error("the mux has no method open");
    const stream = plain.start(method, { deadline: Number.POSITIVE_INFINITY, headers: {}, listeners: undefined });
    const opened: MuxSession = new MuxSession(stream, {
      onClose(isDraining) {
        if (isDraining) plain.expectLoss();
        if (session === opened) session = undefined;
      },
      onUnsupported(calls) {
        plainUntil = Date.now() + rememberMs;
        for (const call of calls) startAgain(call);
      },
      onRefused: startAgain,
    });
    return opened;
  }

  function start(call: UnaryCall): void {
    const headers =
      call.request.length > maxPartBytes || Date.now() < plainUntil ? undefined : toMuxHeaders(call.headers);
    if (!headers || muxHeaderBytes(headers) > maxHeaderBytes) {
      plain.unary(call);
      return;
    }
    session ??= open();
    if (session.openCalls >= maxClientCalls) throw tooManyCalls(call);
    session.start(call, headers);
  }

  /** Makes a call that another stream could not carry. */
  function startAgain(call: UnaryCall): void {
    call.onEnd = undefined;
    call.onCancel = undefined;
    try {
      start(call);
    } catch (error) {
      call.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return {
    start: (method, init) => plain.start(method, init),
    unary: start,
    close() {
      session?.cancel(closedError(upstream));
      plain.close();
    },
  };
}

function tooManyCalls({ upstream, method }: UnaryCall): MeshError {
  const message = `${maxClientCalls} calls to ${upstream} are open already (${methodName(method)}); try again later`;
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs: retryLaterMs });
}
