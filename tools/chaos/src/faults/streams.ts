import { setTimeout as pause } from "node:timers/promises";
import type { RunningMesh } from "@mesh/testing/mesh";
import { type NatsConnection, NatsError } from "nats";
import { connectTo } from "../nats.ts";

/** The streams of the services whose events the invariants concern, by the folder of the service. */
export const streamsOf: Readonly<Record<string, string>> = {
  orders: "orders_v1",
  payments: "payments_v1",
  inventory: "inventory_v1",
};

/** Sizes of what fills a stream: at the end nothing fits. */
const paddings = [200_000, 20_000, 1_000, 1];

/** Fills a stream with messages that have no consumer, so that NATS rejects events, and empties it after a time. */
export async function fillStream(mesh: RunningMesh, stream: string, durationMs: number): Promise<void> {
  const subject = `${stream.replace("_", ".")}.padding`;
  await withNats(mesh, async (connection) => {
    for (const size of paddings) await publishUntilFull(connection, subject, Buffer.alloc(size));
    await pause(durationMs);
    await untilDone(async () => {
      const manager = await connection.jetstreamManager();
      await manager.streams.purge(stream, { filter: subject });
    });
  });
}

async function publishUntilFull(connection: NatsConnection, subject: string, payload: Buffer): Promise<void> {
  for (let isFull = false; !isFull; ) {
    isFull = await connection
      .jetstream()
      .publish(subject, payload)
      .then(
        () => false,
        () => true,
      );
  }
}

/** Deletes a stream. Its service notices that, and sends its events again. */
export async function deleteStream(mesh: RunningMesh, stream: string): Promise<void> {
  await withNats(mesh, async (connection) => {
    await untilDone(async () => {
      const manager = await connection.jetstreamManager();
      await manager.streams.delete(stream).catch(unlessMissing);
    });
  });
}

/** An attempt before may have deleted it, and another fault, too. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof NatsError && error.api_error?.code === 404)) throw error;
}

/** Repeats what fails while NATS or PostgreSQL is down. @throws its last error after a minute */
async function untilDone(work: () => Promise<void>): Promise<void> {
  const endsAt = performance.now() + 60_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await pause(500);
    }
  }
}

async function withNats(mesh: RunningMesh, work: (connection: NatsConnection) => Promise<void>): Promise<void> {
  const connection = await connectTo(mesh);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}
