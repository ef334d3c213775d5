import type { RunningMesh } from "@mesh/testing/mesh";
import type { JetStreamManager } from "nats";
import { connectTo } from "../nats.ts";

/** What NATS still has to do. */
export interface Backlog {
  readonly consumer: string;
  readonly waiting: number;
}

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

  /** Returns the durable consumers that have not settled every event. */
  async backlogs(streams: readonly string[]): Promise<Backlog[]> {
    const found: Backlog[] = [];
    for (const stream of streams) {
      for await (const { config, num_pending, num_ack_pending } of this.#manager.consumers.list(stream)) {
        const waiting = num_pending + num_ack_pending;
        if (config.durable_name && waiting > 0) found.push({ consumer: config.durable_name, waiting });
      }
    }
    return found;
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
