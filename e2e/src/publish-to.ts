import { connect, ErrorCode, NatsError } from "nats";
import { vi } from "vitest";

/** Stores bytes in the stream that keeps the subject, when there is one: a mesh is ready before its streams exist. */
export async function publishTo(natsUrl: string, subject: string, payload: Uint8Array): Promise<void> {
  const nats = await connect({ servers: natsUrl });
  const publish = () => nats.jetstream().publish(subject, payload).catch(noStream);
  await vi.waitUntil(publish, { timeout: 60_000 });
  await nats.close();
}

/** Returns undefined if no stream keeps the subject. @throws any other error */
function noStream(error: unknown): undefined {
  if (error instanceof NatsError && error.code === ErrorCode.NoResponders) return undefined;
  throw error;
}
