import { type Channel, type Metadata, type StatusObject, status } from "@grpc/grpc-js";
import type { MeshError, ResponseHeaders } from "@mesh/contracts";
import { responseHeaders } from "../headers.ts";
import { toBuffer } from "../message-stream.ts";
import { isLocal, isOverload, isOwnReset, isUnsent, receivedError } from "../received-error.ts";
import { brokenResponse, type UnaryCall } from "./unary-call.ts";

/**
 * Makes a unary call of gRPC, one layer below the clients of grpc-js.
 *
 * @param release called when grpc-js has ended the call, with whether this side may have reset it, and whether
 *   there was no room for it
 */
export function startUnary(
  channel: Channel,
  call: UnaryCall,
  metadata: Metadata,
  release: (wasReset: boolean, isRejected: boolean) => void,
): void {
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
    release(wasReset || isOwnReset(received), isOverload(received));
    if (received.code !== status.OK) failOrMove(call, receivedError(received, upstream, method));
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

function failOrMove(call: UnaryCall, error: MeshError): void {
  if (!isUnsent(error) || !call.move()) call.fail(error);
}
