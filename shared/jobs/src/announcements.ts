import type { Logger } from "@mesh/runtime";
import type { Schema, Store } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";

/** The channel of the database on which processes learn that there are jobs for which another has no room. */
const channel = "mesh_jobs_waiting";

/** How long names are collected, in milliseconds: each notification is a commit. */
const collectMs = 20;

/**
 * Notifies the other processes of jobs for which this one has no room. This is not part of the transaction that enqueues, because
 * NOTIFY serializes commits.
 */
export class Announcements {
  readonly #store: Pick<Store<Schema>, "db" | "listen">;
  readonly #log: Logger;
  readonly #names = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<Store<Schema>, "db" | "listen">, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Calls a function with the name of jobs that wait, which may also be those of another service. Returns what ends that. */
  listen(waiting: (name: string) => void): () => void {
    return this.#store.listen(channel, (name) => name !== undefined && waiting(name));
  }

  /** Notifies the other processes of jobs with a name. */
  add(name: string): void {
    this.#names.add(name);
    this.#timer ??= setTimeout(() => void this.#send(), collectMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** If it fails, the others find the jobs when they look into the queue. */
  async #send(): Promise<void> {
    this.#timer = undefined;
    const names = [...this.#names];
    this.#names.clear();
    const text = "select pg_notify($1, name) from unnest($2::text[]) name";
    await runStatement(this.#store.db, text, [channel, names]).catch((err) =>
      this.#log.debug({ err }, "could not notify other processes of jobs"),
    );
  }
}
