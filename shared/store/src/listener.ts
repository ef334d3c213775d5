import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs, type Logger } from "@mesh/runtime";
import pg from "pg";
import { createChannels, type Notified } from "./channels.ts";
import { reasonOf } from "./connect.ts";
import { connectionDefaults } from "./pool.ts";

/** One connection that listens, and comes back when it is lost. */
export interface Listener {
  listen(channel: string, notified: Notified): () => void;
  close(): Promise<void>;
}

/** What a listener needs. */
export interface ListenerOptions {
  readonly config: pg.ClientConfig;
  readonly log: Logger;
  /** Told whether PostgreSQL can be reached, and why not. */
  readonly onState: (isConnected: boolean, reason?: string) => void;
}

/** How often the connection is tried: a network may swallow it without a word. */
const heartbeatMs = 10_000;

/** Opens the connection and keeps it. */
export function createListener({ config, log, onState }: ListenerOptions): Listener {
  const channels = createChannels(log);
  const closing = new AbortController();

  async function connect(onOpen: () => void): Promise<void> {
    const client = new pg.Client({ ...connectionDefaults, query_timeout: 5_000, ...config });
    const lost = new Promise<never>((_, reject) => client.once("error", reject));
    lost.catch(() => {});
    try {
      await client.connect();
      client.on("error", () => {});
      await channels.attach(client);
      onOpen();
      for (;;) {
        await Promise.race([lost, sleep(heartbeatMs, undefined, closing)]);
        await channels.beat();
      }
    } finally {
      channels.detach();
      void client.end().catch(() => {});
    }
  }

  async function run(): Promise<void> {
    let attempt = 0;
    const opened = () => {
      if (attempt > 0) log.info("the database is back");
      attempt = 0;
      onState(true);
    };
    while (!closing.signal.aborted) {
      await connect(opened).catch((error) => {
        if (closing.signal.aborted) return;
        if (attempt === 0) log.warn({ reason: reasonOf(error) }, "lost the database; trying until it is back");
        onState(false, "the database can't be reached");
      });
      await sleep(backoffMs(attempt++, { maxMs: 2_000 }), undefined, closing).catch(() => {});
    }
  }

  const running = run();
  return {
    listen: channels.add,
    async close() {
      closing.abort();
      await running;
    },
  };
}
