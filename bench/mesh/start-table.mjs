// The table of cold starts.
import { mediansOf, rotated } from "./load-tables.mjs";
import { findFreePort, PeerProcess } from "./processes.mjs";

/** The starts of each peer in a round: one takes less than a second, and varies more than a round of calls. */
const startsPerRound = 3;

/**
 * Measures the time from the start of a server's process to the end of its first call, whose client runs already, and the
 * server's memory then. Each peer starts once before, so that the files are in memory.
 *
 * @returns {Promise<Record<string, { ms: number, rssMb: number }>>} the medians by peer
 */
export async function measureStart(peers, { rounds, progress }) {
  const results = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds * startsPerRound; round++) {
    for (const peer of rotated(peers, round)) {
      progress(round === 0 ? `warm-up, ${peer.name}` : `start ${round} of ${rounds * startsPerRound}, ${peer.name}`);
      const result = await startOnce(peer);
      if (round > 0) results.get(peer.name).push(result);
    }
  }
  return Object.fromEntries([...results].map(([name, all]) => [name, mediansOf(all)]));
}

async function startOnce({ name, programs, node, options }) {
  const ready = { node, options: { ...options, freePort: await findFreePort() } };
  const client = new PeerProcess(`${name}, client`, programs.client, ready);
  let server;
  try {
    await client.next();
    const startedAt = performance.now();
    server = new PeerProcess(`${name}, server`, programs.server, ready);
    await client.ask("first", await server.next());
    const ms = performance.now() - startedAt;
    return { ms, rssMb: (await server.ask("rss")) / 1_048_576 };
  } finally {
    await client.end();
    await server?.end();
  }
}
