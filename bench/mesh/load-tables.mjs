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
  const ready = { node, options: { ...options, freePort: await findFreePort() } };
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

/** Starts a service, a gateway and what loads it, and connects them. The server of this pair is the gateway. */
export async function openChain({ name, programs, node, options, service: ofService }) {
  const freePort = await findFreePort();
  const own = { ...options, freePort };
  const service = new PeerProcess(`${name}, service`, programs.service, { node, options: { ...own, ...ofService } });
  const server = new PeerProcess(`${name}, gateway`, programs.gateway, { node, options: own });
  const client = new PeerProcess(`${name}, load`, programs.load, { node, options: own });
  const pair = { name, server, client, service, requests: [] };
  try {
    const [address] = await Promise.all([service.next(), server.next(), client.next()]);
    const gateway = await server.ask("start", address);
    await client.ask("connect", gateway);
    return { ...pair, requests: Object.keys(gateway.requests) };
  } catch (error) {
    await closePair(pair);
    throw error;
  }
}

export async function closePair({ server, client, service }) {
  await Promise.all([server.end(), client.end(), service?.end()]);
}

/** Warms up a pair by rounds of unary calls, or of requests. A busy machine needs more of them. */
export async function warmUp({ client, requests }, { seconds, calls }) {
  const { inFlight, calls: enough, ms, maxRounds } = warmUpLoad;
  const [kind, request] = requests ? ["http", "call"] : ["unary", undefined];
  // A run of a few calls is a test of the benchmark, and measures nothing.
  const endsAt = calls === undefined ? performance.now() + ms : 0;
  let made = 0;
  for (let round = 0; round < maxRounds && (made < enough || performance.now() < endsAt); round++) {
    made += (await client.ask(kind, { request, inFlight, seconds, calls }, seconds * 1_000)).calls;
  }
}

/** Warms up a mesh: what an order costs falls for half a minute, more so where more code is to be compiled. */
export async function warmUpOrders({ client }, { calls }) {
  // A run of a few calls is a test of the benchmark, and measures nothing.
  if (calls === undefined)
    await client.ask("orders", { inFlight: 16, seconds: orderWarmUpSeconds }, orderWarmUpSeconds * 1_000);
}

const orderWarmUpSeconds = 25;

/**
 * Measures a table. Each round goes through all pairs, beginning with another one each time, so that a busy machine slows
 * all of them.
 *
 * @returns {Promise<Record<string, { rps: number, p50: number, p99: number, cpu: number }>>} the medians by peer: calls or
 *   messages a second, and milliseconds
 */
export async function measureLoad(all, { kind, request, inFlight }, { rounds, seconds, calls, progress }) {
  const load = { request, inFlight, seconds, calls };
  const pairs = all.filter(({ requests }) => request === undefined || requests.includes(request));
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
  const measured = ["http", "orders"].includes(kind) ? ofServer : cpu + ofServer;
  return { rps: (calls * 1_000) / ms, p50, p99, cpu: measured / 1_000 / calls };
}

export function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

export function mediansOf(results) {
  const keys = Object.keys(results[0]);
  return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => result[key]))]));
}
