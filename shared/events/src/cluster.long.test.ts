import { expect, test } from "vitest";
import { openClusterLoad } from "../fixtures/cluster-load.ts";

const rounds = ["stream", "consumer", "connection", "stream", "consumer", "connection"] as const;

test("no event is lost, doubled or out of order while servers of a cluster are killed", {
  timeout: 600_000,
}, async () => {
  await using load = await openClusterLoad();
  const gaps: number[] = [];
  for (const role of rounds) gaps.push(await load.kill(role));
  const list = gaps.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(", ");
  process.stdout.write(`longest time without an event after each kill: ${list}\n`);
  const count = await load.expectOnceInOrder();
  process.stdout.write(`${count} events, none lost, doubled or out of order\n`);
  expect(Math.max(...gaps)).toBeLessThan(10_000);
});
