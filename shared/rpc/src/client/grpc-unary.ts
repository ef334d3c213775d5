import { type Channel, type Metadata, type StatusObject, status } from "@grpc/grpc-js";
import type { MeshError, ResponseHeaders } from "@mesh/contracts";
import { isUnsent } from "../error-origin.ts";
import { responseHeaders } from "../headers.ts";
import { toBuffer } from "../message-stream.ts";
import { receivedError } from "../received-error.ts";
import { isLocal, isOwnReset, isRefusal } from "../received-status.ts";
import { brokenResponse, type UnaryCall } from "./unary-call.ts";

/** A unary call and the channel for it. */
interface UnaryInit {
  readonly channel: Channel;
  readonly call: UnaryCall;
  readonly metadata: Metadata;
  /** Called when grpc-js has ended the call, with whether this side may have reset it, and with its status. */
  readonly release: (wasReset: boolean, received: StatusObject) => void;
  /** Makes the call on another connection. */
  readonly again: (call: UnaryCall) => void;
}

/** Makes a unary call of gRPC, one layer below the clients of grpc-js. */
export function startUnary({ channel, call, metadata, release, again }: UnaryInit): void {
  const { method, upstream, listeners } = call;
  const grpcCall = channel.createCall(method.path, call.deadline, undefined, null, undefined);
  let response: Uint8Array | undefined;
  let wasReset = false;

  const report = (headers: Metadata, listener: ((headers: ResponseHeaders) => void) | undefined) => {
    if (call.isOver || !listener) return;
    // A failure of the listener ends the call: thrown here, it would end the process.
    try {
      listener(responseHeaders(headers));
    } catch (error) {
      call.cancel(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const onStatus = (received: StatusObject) => {
    if (!isLocal(received)) report(received.metadata, listeners?.onTrailers);
    // Before the end of the call, because it may go to another channel.
    release(wasReset || isOwnReset(received), received);
    if (isRefusal(received) && !call.wasRefused && !call.isOver) moveOrRepeat(call, again);
    else if (received.code !== status.OK) failOrMove(call, receivedError(received, upstream, method));
    else if (response) call.succeed(response);
    else call.fail(brokenResponse(call, "it sent no response"));
  };

  call.onCancel = () => {
    wasReset = true;
    grpcCall.cancelWithStatus(status.CANCELLED, "ended by the caller");
  };
  grpcCall.start(metadata, {
    onReceiveMetadata: (headers) => report(headers, listeners?.onHeaders),
    onReceiveMessage: (message: Uint8Array) => {
      if (response) {
        call.cancel(brokenResponse(call, "it sent more than one response"));
        return;
      }
      response = message;
      grpcCall.startRead();
    },
    onReceiveStatus: onStatus,
  });
  grpcCall.sendMessageWithContext({}, toBuffer(call.request));
  grpcCall.halfClose();
  grpcCall.startRead();
}

function moveOrRepeat(call: UnaryCall, again: UnaryInit["again"]): void {
  if (call.move()) return;
  call.wasRefused = true;
  again(call);
}

function failOrMove(call: UnaryCall, error: MeshError): void {
  if (!isUnsent(error) || !call.move()) call.fail(error);
}
