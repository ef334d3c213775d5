/** The readiness of the parts of a process. */
export interface Health {
  /** Sets whether a part is ready, and if not, the reason. With a reason, a part that is ready has a warning. */
  set(part: string, ready: boolean, reason?: string): void;
  /** Reports whether every part is ready. */
  ready(): boolean;
  /** Returns the reasons of the parts that are not ready. */
  reasons(): Readonly<Record<string, string>>;
  /** Returns the warnings of the parts that are ready, although something in them does not work. */
  warnings(): Readonly<Record<string, string>>;
  /** Calls the listener when `ready()` changes. Returns a function that removes it. */
  onChange(listener: (ready: boolean) => void): () => void;
}

/**
 * Creates the readiness of a process. A process without parts is ready.
 *
 * @example
 * ```ts
 * import { createHealth } from "@mesh/runtime";
 *
 * const health = createHealth();
 * health.set("store", false, "waiting for the database");
 * health.ready(); // false
 * health.reasons(); // { store: "waiting for the database" }
 * health.set("store", true);
 * health.ready(); // true
 * health.set("events", true, "NATS can't be reached");
 * health.ready(); // true
 * health.warnings(); // { events: "NATS can't be reached" }
 * ```
 */
export function createHealth(): Health {
  const waiting = new Map<string, string>();
  const warnings = new Map<string, string>();
  const listeners = new Set<(ready: boolean) => void>();
  return {
    set(part, ready, reason) {
      const before = waiting.size === 0;
      waiting.delete(part);
      warnings.delete(part);
      if (!ready) waiting.set(part, reason ?? "not ready yet");
      else if (reason) warnings.set(part, reason);
      const now = waiting.size === 0;
      if (now !== before) for (const listener of listeners) listener(now);
    },
    ready: () => waiting.size === 0,
    reasons: () => Object.fromEntries(waiting),
    warnings: () => Object.fromEntries(warnings),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
