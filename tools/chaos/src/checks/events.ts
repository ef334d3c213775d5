import type { RunningMesh } from "@mesh/testing/mesh";
import { type ConsumerInfo, type JetStreamManager, NatsError } from "nats";
import { connectTo } from "../nats.ts";

/** Reads the streams of a mesh. */
export class EventReader implements AsyncDisposable {
  readonly #manager: JetStreamManager;
  readonly #close: () => Promise<void>;

  private constructor(manager: JetStreamManager, close: () => Promise<void>) {
    this.#manager = manager;
    this.#close = close;
  }

  static async open(mesh: RunningMesh): Promise<EventReader> {
    const connection = await connectTo(mesh);
    return new EventReader(await connection.jetstreamManager(), () => connection.close());
  }

  /** Returns what the durable consumers have not settled, and the streams that are missing until their service notices. */
  async openWork(streams: readonly string[]): Promise<string[]> {
    const open = streams.map(async (stream) => {
      const consumers = await this.#consumersOf(stream);
      if (!consumers) return [`${stream} is missing`];
      return consumers.flatMap(({ config, num_pending, num_ack_pending }) => {
        const waiting = num_pending + num_ack_pending;
        return config.durable_name && waiting > 0 ? [`${config.durable_name}: ${waiting} unsettled events`] : [];
      });
    });
    return (await Promise.all(open)).flat();
  }

  async #consumersOf(stream: string): Promise<ConsumerInfo[] | undefined> {
    const found: ConsumerInfo[] = [];
    try {
      for await (const consumer of this.#manager.consumers.list(stream)) found.push(consumer);
      return found;
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
      throw error;
    }
  }

  /** Returns the subject of each dead letter, with the reason. */
  async deadLetters(): Promise<string[]> {
    const info = await this.#manager.streams.info("dead_letters").catch(() => undefined);
    if (!info || info.state.messages === 0) return [];
    const letters: string[] = [];
    for (let seq = info.state.first_seq; seq <= info.state.last_seq; seq++) {
      const { subject, header } = await this.#manager.streams.getMessage("dead_letters", { seq });
      letters.push(`${subject}: ${header.get("mesh-dead-letter-reason")}`);
    }
    return letters;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}
