import type { StatementWatch } from "../wire/postgres.ts";

/** A place in the work of a process, seen from what it sends and receives, at which it is killed. */
export type CrashPoint =
  /** A transaction has published, or handled, and does not commit. */
  | "before commit"
  /** A call has had its effect, and its caller gets no response. */
  | "after commit before reply"
  /** An event is in NATS, and the outbox does not know. */
  | "after publish before mark"
  /** An event was handled, and NATS delivers it again. */
  | "after commit before ack"
  | "after ack"
  | "during migration";

/** Kills a process with SIGKILL. */
export type Kill = (process: string) => void;

/** Kills processes when they reach a point. */
export class CrashPoints {
  readonly #kill: Kill;
  readonly #armed = new Map<string, { readonly point: CrashPoint; readonly onHit: () => void }>();

  constructor(kill: Kill) {
    this.#kill = kill;
  }

  /** Resolves with true when the process was killed at the point, and with false if the signal aborts before. */
  arm(process: string, point: CrashPoint, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const onAbort = () => {
        if (this.#armed.get(process)?.point === point) this.#armed.delete(process);
        resolve(false);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const onHit = () => {
        signal.removeEventListener("abort", onAbort);
        resolve(true);
      };
      this.#armed.set(process, { point, onHit });
    });
  }

  /** Returns true if the process was killed now. */
  reach(process: string, point: CrashPoint): boolean {
    const armed = this.#armed.get(process);
    if (armed?.point !== point) return false;
    this.#armed.delete(process);
    this.#kill(process);
    armed.onHit();
    return true;
  }

  /** Watches the statements of a connection of a process. */
  watch(process: string): StatementWatch {
    let [writesOutbox, writesInbox] = [false, false];
    const reach = (point: CrashPoint) => this.reach(process, point);
    return {
      statement(text) {
        if (/^\s*begin/i.test(text)) [writesOutbox, writesInbox] = [false, false];
        if (/^insert into "outbox"/i.test(text)) writesOutbox = true;
        if (/^insert into "inbox"/i.test(text)) writesInbox = true;
        if (/^\s*update "outbox" set "sent_at" = now/i.test(text)) return reach("after publish before mark");
        if (/^\s*create table (?!if not exists)/i.test(text)) return reach("during migration");
        return /^\s*commit/i.test(text) && (writesOutbox || writesInbox) && reach("before commit");
      },
      committed() {
        if (writesInbox) return reach("after commit before ack");
        return writesOutbox && reach("after commit before reply");
      },
    };
  }
}
