import type { Logger } from "@mesh/runtime";
import type pg from "pg";

/** Receives the payload of a notification, or undefined if some may have been missed: read everything then. */
export type Notified = (payload: string | undefined) => void;

/** Who listens to what, over the connection there is at the moment. */
export interface Channels {
  /** Adds a listener; returns a function that takes it off. */
  add(channel: string, notified: Notified): () => void;
  /** Listens to every channel on a new connection, and tells everybody that something may have been missed. */
  attach(client: pg.Client): Promise<void>;
  /** Fails if the connection is gone. */
  beat(): Promise<unknown>;
  /** The connection is gone. */
  detach(): void;
}

/** Keeps the listeners of each channel; a channel that once had one stays open. */
export function createChannels(log: Logger): Channels {
  const listeners = new Map<string, Set<Notified>>();
  const live = new Set<string>();
  let client: pg.Client | undefined;
  let statements: Promise<unknown> = Promise.resolve();

  function call(notified: Notified, payload: string | undefined): void {
    try {
      notified(payload);
    } catch (error) {
      log.error({ err: error }, "a listener failed");
    }
  }

  function tell(channel: string, payload: string | undefined): void {
    for (const notified of [...(listeners.get(channel) ?? [])]) call(notified, payload);
  }

  /** `pg` wants its statements one after the other. */
  function query(on: pg.Client, text: string): Promise<unknown> {
    const result = statements.then(() => on.query(text));
    statements = result.catch(() => {});
    return result;
  }

  async function open(on: pg.Client, channel: string): Promise<void> {
    await query(on, `listen ${on.escapeIdentifier(channel)}`);
    if (on !== client) return;
    live.add(channel);
    tell(channel, undefined);
  }

  return {
    add(channel, notified) {
      const others = listeners.get(channel);
      listeners.set(channel, (others ?? new Set()).add(notified));
      if (live.has(channel)) queueMicrotask(() => call(notified, undefined));
      // Where this fails the connection is lost, and the next one opens every channel.
      else if (client && !others) open(client, channel).catch(() => {});
      return () => void listeners.get(channel)?.delete(notified);
    },
    async attach(next) {
      client = next;
      next.on("notification", ({ channel, payload }) => tell(channel, payload ?? ""));
      await Promise.all([...listeners.keys()].map((channel) => open(next, channel)));
    },
    beat: () => (client ? query(client, "select 1") : Promise.resolve()),
    detach() {
      client = undefined;
      live.clear();
    },
  };
}
