import type { Duplex } from "node:stream";

/**
 * Sends what a connection writes from now on until all promises wait by one call of the system, instead of one for each statement.
 */
export function sendTogether(client: object): void {
  // See cancel-request.ts.
  const { stream }: { readonly stream: Duplex } = Reflect.get(client, "connection");
  if (stream.writableCorked > 0) return;
  stream.cork();
  // A tick begins after all promises.
  queueMicrotask(() => process.nextTick(() => stream.uncork()));
}
