// Measures how many calls a replica gets in the ten seconds from when it fails, while another one is well.
import { execPath } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { PeerProcess } from "../mesh/processes.mjs";

/** How the replica fails: every call by a code, or it stops. */
export const failures = ["INTERNAL", "UNAVAILABLE", "stop"];

/** How long the replica is well before, and how long it fails. */
const seconds = { well: 5, failing: 10 };

/** Returns the parts of the calls that the replica got and that failed, for callers with a rate in calls a second. */
export async function measureFailing(programs, { mux, failure, rate }) {
  const startServer = () =>
    new PeerProcess("server", programs.server, { node: execPath, options: { handler: "wait", ms: 5 } });
  const [good, bad] = [startServer(), startServer()];
  const client = new PeerProcess("client", programs.client, { node: execPath, options: { mux } });
  try {
    const addresses = await Promise.all([good.next(), bad.next(), client.next()]);
    await client.ask("connect", addresses.slice(0, 2));
    await client.ask("open", { rate, seconds: seconds.well }, seconds.well * 1_000);
    await Promise.all([good.ask("count"), bad.ask("count")]);
    if (failure === "stop") bad.signal("SIGSTOP");
    else await bad.ask("fail", failure);
    const load = { rate, seconds: seconds.failing };
    const { made, accepted } = await client.ask("open", load, 40_000);
    if (failure === "stop") bad.signal("SIGCONT");
    // What waited for a process that was stopped arrives now.
    await pause(500);
    const [well, ill] = await Promise.all([good.ask("count"), bad.ask("count")]);
    return { failure, rate, calls: ill, share: ill / (well + ill), failed: made - accepted };
  } finally {
    await Promise.all([good.end(), bad.end(), client.end()]);
  }
}
