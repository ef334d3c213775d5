import type { Health } from "@mesh/runtime";

/** Joins the reasons of all consumers, and of NATS, into the part `events` of the health. */
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
    this.#health?.set("events", this.#reasons.size === 0, [...this.#reasons.values()].join("; "));
  }
}
