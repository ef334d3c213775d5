import type { MuxHeader, MuxResponse } from "@mesh/contracts/protocols/mesh/v1/index";
import { brokenResponse, type UnaryCall } from "../client/unary-call.ts";
import { maxResponseBytes } from "../message-stream.ts";
import { sentError } from "../received-error.ts";
import { chosenTextHeader, detailsHeader } from "../received-status.ts";
import { fromMuxHeaders, headerIn } from "./mux-headers.ts";

/** A call that has no response yet. */
export interface OpenCall {
  readonly id: number;
  readonly call: UnaryCall;
  readonly headers: MuxHeader[];
  readonly deadline: number;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  isSent: boolean;
  /** The parts of a large response, and their size. */
  parts: Uint8Array[] | undefined;
  partBytes: number;
  next: OpenCall | undefined;
}

/** Keeps a part of a large response, up to a limit. */
export function keepPart(open: OpenCall, part: Uint8Array): void {
  if (part.length === 0) return;
  open.parts ??= [];
  open.parts.push(part);
  open.partBytes += part.length;
  if (open.partBytes <= maxResponseBytes) return;
  open.call.cancel(brokenResponse(open.call, `it has over ${maxResponseBytes} bytes`));
}

/** Ends a call by its response. */
export function endCall({ call, parts }: OpenCall, { message, code, text, headers, trailers }: MuxResponse): void {
  const { listeners } = call;
  try {
    // As in gRPC, an error without headers is a response of trailers only.
    if (code === 0 || headers.length > 0) listeners?.onHeaders?.(fromMuxHeaders(headers));
    if (!call.isOver) listeners?.onTrailers?.(fromMuxHeaders(trailers));
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
