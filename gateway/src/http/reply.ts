import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Sends a JSON response. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers?: OutgoingHttpHeaders,
): void {
  replyJsonAs(response, "application/json", status, body, headers);
}

/** Sends a JSON response with its own media type, such as `application/problem+json`. */
export function replyJsonAs(
  response: ServerResponse,
  contentType: string,
  status: number,
  body: unknown,
  headers?: OutgoingHttpHeaders,
): void {
  reply(response, status, contentType, `${JSON.stringify(body)}\n`, headers);
}

/** Sends the text of a JSON value. */
export function replyJsonText(response: ServerResponse, json: string, headers?: OutgoingHttpHeaders): void {
  reply(response, 200, "application/json", `${json}\n`, headers);
}

/** Sends a plain text response. */
export function replyText(response: ServerResponse, status: number, body: string): void {
  reply(response, status, "text/plain; charset=utf-8", body);
}

/** A response that is complete. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** Sends a response. */
export function send(response: ServerResponse, { status, contentType, body, headers }: Reply): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
}

function reply(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, { status, contentType, body, headers });
}
