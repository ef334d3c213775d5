// Tables of calls and messages: pairs of processes that take turns.

import { median } from "./median.mjs";
import { findFreePort, PeerProcess } from "./processes.mjs";

/**
 * The load before the first table: so many calls, and for so long, that the code of a peer is compiled as well as it gets. What a
 * call costs falls for seconds, more so where more of it is JavaScript.
 */
const warmUpLoad = { inFlight: 32, calls: 20_000, ms: 8_000, maxRounds: 10 };

/** Starts the server and the client of a peer, and connects them. */
export async function openPair({ name, programs, node, options }) {
  const ready = { node, options: { ...options, telemetry: options.sdk, freePort: await findFreePort() } };
  const server = new PeerProcess(`${name}, server`, programs.server, ready);
  const client = new PeerProcess(`${name}, client`, programs.client, ready);
  const pair = { name, server, client, address: "" };
  try {
    [pair.address] = await Promise.all([server.next(), client.next()]);
    await client.ask("connect", pair.address);
    return pair;
  } catch (error) {
    await closePair(pair);
    throw error;
  }
}

export async function closePair({ server, client }) {
  await Promise.all([server.end(), client.end()]);
}

/** Warms up a pair by rounds of unary calls. A busy machine needs more of them. */
export async function warmUp({ client }, { seconds, calls }) {
  const { inFlight, calls: enough, ms, maxRounds } = warmUpLoad;
  // A run of a few calls is a test of the benchmark, and measures nothing.
  const endsAt = calls === undefined ? performance.now() + ms : 0;
  let made = 0;
  for (let round = 0; round < maxRounds && (made < enough || performance.now() < endsAt); round++) {
    made += (await client.ask("unary", { inFlight, seconds, calls }, seconds * 1_000)).calls;
  }
}

/**
 * Measures a table. Each round goes through all pairs, beginning with another one each time, so that a busy machine slows
 * all of them.
 *
 * @returns {Promise<Record<string, { rps: number, p50: number, p99: number, cpu: number }>>} the medians by peer: calls or
 *   messages a second, and milliseconds
 */
export async function measureLoad(pairs, { kind, inFlight }, { rounds, seconds, calls, progress }) {
  const load = { inFlight, seconds, calls };
  for (const { name, client } of pairs) {
    progress(`warm-up, ${name}`);
    await client.ask(kind, load, seconds * 1_000);
  }
  const results = new Map(pairs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const pair of rotated(pairs, round)) {
      progress(`round ${round + 1} of ${rounds}, ${pair.name}`);
      results.get(pair.name).push(await measure(pair, kind, load));
    }
  }
  return Object.fromEntries([...results].map(([name, all]) => [name, mediansOf(all)]));
}

async function measure({ server, client }, kind, load) {
  const before = await server.ask("usage");
  const { calls, ms, cpu, p50, p99 } = await client.ask(kind, load, load.seconds * 1_000);
  const after = await server.ask("usage");
  const ofServer = after.user + after.system - before.user - before.system;
  return { rps: (calls * 1_000) / ms, p50, p99, cpu: (cpu + ofServer) / 1_000 / calls };
}

export function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

export function mediansOf(results) {
  const keys = Object.keys(results[0]);
  return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => result[key]))]));
}
