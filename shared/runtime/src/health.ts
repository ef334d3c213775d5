/** Whether the parts of a process are ready. */
export interface Health {
  /** Says how a part is; `reason` says why it is not ready. */
  set(part: string, ready: boolean, reason?: string): void;
  /** Whether every part is ready. */
  ready(): boolean;
  /** The parts that are not ready, with their reasons. */
  reasons(): Readonly<Record<string, string>>;
  /** Calls back when `ready()` changes; returns a function that ends it. */
  onChange(listener: (ready: boolean) => void): () => void;
}

/** Keeps the state of each part; a process without parts is ready. */
export function createHealth(): Health {
  const waiting = new Map<string, string>();
  const listeners = new Set<(ready: boolean) => void>();
  return {
    set(part, ready, reason = "not ready yet") {
      const before = waiting.size === 0;
      if (ready) waiting.delete(part);
      else waiting.set(part, reason);
      const now = waiting.size === 0;
      if (now !== before) for (const listener of listeners) listener(now);
    },
    ready: () => waiting.size === 0,
    reasons: () => Object.fromEntries(waiting),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
