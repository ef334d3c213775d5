/** Runs work of different keys side by side and work of the same key in turn. */
export interface Lanes {
  /** Adds work; it must not fail. */
  add(key: string, work: () => Promise<void>): void;
  /** Resolves when nothing is left. */
  idle(): Promise<void>;
}

/** @param maxParallel how many keys run at the same time */
export function createLanes(maxParallel: number): Lanes {
  const lanes = new Map<string, (() => Promise<void>)[]>();
  const ready: string[] = [];
  let running = 0;
  let waiting: (() => void)[] = [];

  async function runNext(key: string): Promise<void> {
    const lane = lanes.get(key) ?? [];
    running++;
    await lane.shift()?.();
    running--;
    if (lane.length > 0) ready.push(key);
    else lanes.delete(key);
    fill();
  }

  function fill(): void {
    while (running < maxParallel) {
      const key = ready.shift();
      if (key === undefined) break;
      void runNext(key);
    }
    if (lanes.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    add(key, work) {
      const lane = lanes.get(key);
      if (lane) return void lane.push(work);
      lanes.set(key, [work]);
      ready.push(key);
      fill();
    },
    idle: () => (lanes.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
