import type { ServerResponse } from "node:http";
import { onClosed } from "./closing.ts";

const callbacks = Symbol("what to call when it no longer runs");

interface Running extends ServerResponse {
  [callbacks]?: (() => void)[];
}

/** Calls back once, when a request no longer counts as running: its response is closed, or it is a subscription. */
export function whileRunning(response: Running, stopped: () => void): void {
  const known = response[callbacks];
  if (response.closed) stopped();
  else if (known) known.push(stopped);
  else {
    response[callbacks] = [stopped];
    onClosed(response, () => stopRunning(response));
  }
}

/** Ends the count of a request as a running one, such as that of a subscription, which has limits of its own. */
export function stopRunning(response: Running): void {
  for (const stopped of response[callbacks]?.splice(0) ?? []) stopped();
}
