import type { IncomingMessage, ServerResponse } from "node:http";

const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** What a client gets that takes too long, as Node itself sends it. */
const tooSlow = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** Cuts the connection of a request unless its whole body has arrived in time. */
export function limitBodyTime(request: IncomingMessage, response: ServerResponse, timeoutMs: number): void {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  if (coding === undefined && Number(length ?? 0) === 0) return;
  clearTimeout(timers.get(request));
  const cut = () => {
    if (request.complete || request.socket.destroyed) return;
    if (response.headersSent) request.socket.destroy();
    else request.socket.end(tooSlow, () => request.socket.destroy());
  };
  timers.set(request, setTimeout(cut, timeoutMs).unref());
  request.once("close", () => clearTimeout(timers.get(request)));
}

/** Lets a body take longer: what reads it has limits of its own. */
export function allowLongBody(request: IncomingMessage): void {
  clearTimeout(timers.get(request));
}
