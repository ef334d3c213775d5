import type { Duplex } from "node:stream";

/**
 * Sends what a connection writes until no promise can go on without its server by one call of the system: one for each statement
 * took a fifth of the processor time of a service.
 */
export function sendTogether(client: object): void {
  // See cancel-request.ts.
  const { stream }: { readonly stream: Duplex } = Reflect.get(client, "connection");
  if (stream.writableCorked > 0) return;
  stream.cork();
  // A tick begins after all promises.
  queueMicrotask(() => process.nextTick(() => stream.uncork()));
}
