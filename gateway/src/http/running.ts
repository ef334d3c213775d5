import type { ServerResponse } from "node:http";

const callbacks = new WeakMap<ServerResponse, (() => void)[]>();

/** Calls back once, when a request no longer counts as running: its response is closed, or it is a subscription. */
export function whileRunning(response: ServerResponse, stopped: () => void): void {
  const known = callbacks.get(response);
  if (response.closed) stopped();
  else if (known) known.push(stopped);
  else {
    callbacks.set(response, [stopped]);
    response.once("close", () => stopRunning(response));
  }
}

/** Ends the count of a request as a running one, such as that of a subscription, which has limits of its own. */
export function stopRunning(response: ServerResponse): void {
  for (const stopped of callbacks.get(response)?.splice(0) ?? []) stopped();
}
