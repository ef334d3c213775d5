import type { MethodDefinition } from "@mesh/contracts";
import { Mux } from "@mesh/contracts/protocols/mesh/v1/index";
import type { OutgoingStream } from "../client/outgoing-stream.ts";
import { maxClientCalls, tooManyCalls } from "../client/too-many-calls.ts";
import { closedError, type GrpcTransport, type ReplicaTransport, type StartInit } from "../client/transport.ts";
import type { UnaryCall } from "../client/unary-call.ts";
import { maxHeaderBytes } from "../headers.ts";
import { BatchedStream } from "./batched-stream.ts";
import { maxPartBytes } from "./limits.ts";
import { muxHeaderBytes, toMuxHeaders } from "./mux-headers.ts";
import { MuxSession } from "./mux-session.ts";

/** For how long a server that has no mux is called the plain way before it is asked again, in milliseconds. */
const rememberMs = 5 * 60_000;

/**
 * Carries unary calls as messages on one stream, and streamed responses several in a message, if the server can. Other calls,
 * and large requests, go the plain way.
 */
export function muxTransport(plain: GrpcTransport, upstream: string): ReplicaTransport {
  let session: MuxSession | undefined;
  /** With those whose servers are closing. */
  const sessions = new Set<MuxSession>();
  // Apart, because a server of an earlier version has a mux for unary calls only.
  const plainUntil = { unary: 0, streams: 0 };

  function open(): MuxSession {
    const { open: method } = Mux.methods;
    if (!method) throw new Error("the mux has no method open");
    const stream = plain.start(method, { deadline: Number.POSITIVE_INFINITY, headers: {}, listeners: undefined });
    let isRefused = false;
    const opened: MuxSession = new MuxSession(stream, {
      onClose(isDraining) {
        if (isDraining) plain.connection.expectLoss();
        else sessions.delete(opened);
        if (session === opened) session = undefined;
      },
      onUnsupported(calls) {
        plainUntil.unary = Date.now() + rememberMs;
        for (const call of calls) startAgain(call);
      },
      onRefused(call) {
        if (!isRefused) plain.renew();
        isRefused = true;
        if (!call.move()) startAgain(call);
      },
    });
    sessions.add(opened);
    return opened;
  }

  function start(call: UnaryCall): void {
    const headers =
      call.request.length > maxPartBytes || Date.now() < plainUntil.unary ? undefined : toMuxHeaders(call.headers);
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

  function startStream(method: MethodDefinition, init: StartInit): OutgoingStream {
    const batchPath = Mux.methods.stream?.path;
    const isPlain = method.kind !== "server_streaming" || Date.now() < plainUntil.streams;
    if (!batchPath || isPlain) return plain.start(method, init);
    const onUnsupported = () => {
      plainUntil.streams = Date.now() + rememberMs;
    };
    return new BatchedStream({ upstream, method, init, start: plain.start, batchPath, onUnsupported });
  }

  return {
    start: startStream,
    unary: start,
    giveUp() {
      for (const one of sessions) one.giveUp();
      plain.giveUp();
    },
    close() {
      for (const one of sessions) one.cancel(closedError(upstream));
      plain.close();
    },
  };
}
