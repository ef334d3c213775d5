import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, repeat } from "@mesh/runtime";
import pg from "pg";
import { Channels, type Notified } from "./channels.ts";
import { reasonOf } from "./connect.ts";
import { connectionDefaults } from "./pool.ts";

/** A connection that listens to channels, and is opened again whenever it is lost. */
export interface Listener {
  listen(channel: string, notified: Notified): () => void;
  /** Reports whether PostgreSQL responds within a second. */
  isResponding(): Promise<boolean>;
  close(): Promise<void>;
}

/** Options of a listener. */
export interface ListenerOptions {
  readonly config: pg.ClientConfig;
  readonly log: Logger;
  /** Called with whether PostgreSQL can be reached, and if not, why. */
  readonly onState: (isConnected: boolean, reason?: string) => void;
}

/** The interval between two checks of the connection: a network can drop it without an error. */
const heartbeatMs = 10_000;

const responseMs = 1_000;

/** Opens the connection in the background and keeps it open. */
export function createListener({ config, log, onState }: ListenerOptions): Listener {
  const channels = new Channels(log);
  const closing = new AbortController();
  const { signal } = closing;
  const step = (succeed: () => void) =>
    holdConnection({ ...connectionDefaults, query_timeout: 5_000, ...config }, channels, signal, () => {
      succeed();
      onState(true);
    });
  const running = repeat(step, {
    signal,
    backoff: { maxMs: 2_000 },
    onFailure(error, failures) {
      if (failures === 1) log.warn({ reason: reasonOf(error) }, "lost the database; reconnecting");
      onState(false, "the database can't be reached");
    },
    onRecovery: () => log.info("reconnected to the database"),
  });
  let checking: Promise<boolean> | undefined;
  return {
    listen: (channel, notified) => channels.add(channel, notified),
    isResponding() {
      checking ??= isResponding(channels).finally(() => {
        checking = undefined;
      });
      return checking;
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function isResponding(channels: Channels): Promise<boolean> {
  const responded = channels.check().then(
    () => true,
    () => false,
  );
  return Promise.race([responded, sleep(responseMs, false, { ref: false })]);
}

/** Opens a connection for the channels and checks it regularly. Ends with an error when it is lost, or the signal aborts. */
async function holdConnection(
  config: pg.ClientConfig,
  channels: Channels,
  signal: AbortSignal,
  onOpen: () => void,
): Promise<never> {
  const client = new pg.Client(config);
  let fail: (error: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    fail = reject;
    client.on("error", reject);
  });
  lost.catch(() => {});
  try {
    await client.connect();
    await channels.attach(client, fail);
    await channels.check();
    onOpen();
    for (;;) {
      await Promise.race([lost, sleep(heartbeatMs, undefined, { signal })]);
      await channels.check();
    }
  } finally {
    channels.detach();
    void client.end().catch(() => {});
  }
}
