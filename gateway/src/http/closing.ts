import type { ServerResponse } from "node:http";

const callbacks = Symbol("what to call when it is closed");

interface Observed extends ServerResponse {
  [callbacks]?: (() => void)[];
}

/** Calls back once, when a response is closed, or immediately if it is. All callbacks of a response share one listener. */
export function onClosed(response: Observed, callback: () => void): void {
  const known = response[callbacks];
  // A response that is closed emits no "close" again.
  if (response.closed) callback();
  else if (known) known.push(callback);
  else {
    const all = [callback];
    response[callbacks] = all;
    response.once("close", () => {
      for (const each of all) each();
    });
  }
}
