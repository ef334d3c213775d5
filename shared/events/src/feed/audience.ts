import type { FeedEntry } from "./entry.ts";
import type { Subscriber } from "./subscriber.ts";

/** The subscribers of a feed, by the owner whose events they get, so that an event costs nothing for all others. */
export class Audience {
  readonly #byOwner = new Map<string | undefined, Set<Subscriber>>();

  add(subscriber: Subscriber): void {
    const { owner } = subscriber.filter;
    const others = this.#byOwner.get(owner) ?? new Set();
    this.#byOwner.set(owner, others.add(subscriber));
  }

  remove(subscriber: Subscriber): void {
    const { owner } = subscriber.filter;
    const others = this.#byOwner.get(owner);
    others?.delete(subscriber);
    if (others?.size === 0) this.#byOwner.delete(owner);
  }

  deliver(entry: FeedEntry): void {
    for (const subscriber of this.#byOwner.get(undefined) ?? []) subscriber.deliver(entry);
    for (const subscriber of this.#byOwner.get(entry.owner) ?? []) subscriber.deliver(entry);
  }

  *[Symbol.iterator](): Generator<Subscriber, void> {
    for (const subscribers of this.#byOwner.values()) yield* subscribers;
  }
}
