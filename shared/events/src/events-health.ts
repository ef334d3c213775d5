import type { Health } from "@mesh/runtime";

/**
 * Joins the reasons of all consumers, and of NATS, into a warning of the part `events`. It is always ready: calls work without
 * NATS, their events wait in the outbox, and those of others wait in NATS.
 */
export class EventsHealth {
  readonly #health: Health | undefined;
  readonly #reasons = new Map<string, string>();

  constructor(health: Health | undefined) {
    this.#health = health;
  }

  /** Sets the reason why a part does not work; undefined: it works. */
  set(part: string, reason: string | undefined): void {
    if (reason === undefined) this.#reasons.delete(part);
    else this.#reasons.set(part, reason);
    this.#health?.set("events", true, [...this.#reasons.values()].join("; "));
  }
}
