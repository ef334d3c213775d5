// Tables of memory: one run of each peer, which may take long.

/** How many events a transaction of the soak publishes, and how many a second. */
const soakRate = { perSecond: 2_000, perTransaction: 10 };

/** The events of the backlog, and the seconds of the soak, by default. */
const defaults = { count: 1_000_000, seconds: 600 };

/** The longest that a peer takes beyond its time, in milliseconds. */
const lateMs = 60 * 60_000;

/**
 * Runs a table of memory.
 *
 * @returns {Promise<Record<string, { rps: number, cpu: number, start: number, middle: number, end: number, most: number }>>} by
 *   peer: events a second, milliseconds of CPU time for each, and megabytes
 */
export async function measureMemory(pairs, { kind }, { seconds, count, progress }) {
  const results = {};
  for (const { name, client } of pairs) {
    progress(name);
    const load = { ...soakRate, seconds: seconds ?? defaults.seconds, count: count ?? defaults.count };
    const { events, ms, cpu, rss } = await client.ask(kind, load, lateMs);
    results[name] = { rps: (events * 1_000) / ms, cpu: cpu / 1_000 / events, ...rss };
  }
  return results;
}
