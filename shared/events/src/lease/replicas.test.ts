import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Happened } from "../../fixtures/happened.ts";
import { effectsOf, nobody, numbers, openPart, type Part, parkedEvents, type Servers } from "../../fixtures/part.ts";
import { openServers } from "../../fixtures/servers.ts";
import { type Child, type Report, spawnChild } from "../../fixtures/spawn-child.ts";
import { openStreams } from "../../fixtures/streams.ts";

const waiting = { timeout: 60_000, interval: 20 };

describe("events of one key are handled in order, one at a time, by two replicas", { timeout: 120_000 }, () => {
  test("of which one is killed", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    const replicas = await spawnTwo(opened.servers);
    await publishAll(part, 60);
    const holder = await holderAfter(part, replicas, 10);
    await holder.kill();
    replicas.push(await spawn(opened.servers));
    await vi.waitFor(async () => expect(await effectsOf(part)).toHaveLength(60), waiting);
    expect(await effectsOf(part)).toEqual(numbers(60));
    expect(mostInHand(replicas)).toBe(1);
  });

  test("of which one is stopped for longer than its lease", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    const replicas = await spawnTwo(opened.servers);
    await publishAll(part, 60);
    const holder = await holderAfter(part, replicas, 10);
    holder.signal("SIGSTOP");
    await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(30), waiting);
    holder.signal("SIGCONT");
    await vi.waitFor(async () => expect(await effectsOf(part)).toHaveLength(60), waiting);
    expect(await effectsOf(part)).toEqual(numbers(60));
    // The one that was stopped had an event in hand, without effect.
    expect(mostInHand(replicas.filter((one) => one !== holder))).toBe(1);
    expect(mostInHand([holder])).toBe(1);
  });

  test("that are restarted one after the other", async () => {
    await using opened = await openServers();
    await using part = await openPart(opened.servers);
    const replicas = await spawnTwo(opened.servers);
    await publishAll(part, 100);
    for (const seen of [10, 30, 50, 70]) {
      const holder = await holderAfter(part, replicas, seen);
      const next = await spawn(opened.servers);
      await next.ready;
      holder.signal("SIGTERM");
      await holder.exited;
      replicas.push(next);
    }
    await vi.waitFor(async () => expect(await effectsOf(part)).toHaveLength(100), waiting);
    expect(await effectsOf(part)).toEqual(numbers(100));
    expect(mostInHand(replicas)).toBe(1);
    const attempts = replicas.flatMap(({ reports }) => reports.filter(({ what }) => what === "begin"));
    expect(attempts).toHaveLength(100);
    expect(await part.store.db.$count(parkedEvents)).toBe(0);
  });
});

test("an event that ends its process is dead-lettered alone, of many that share transactions", {
  timeout: 180_000,
}, async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  await using streams = await openStreams(opened.servers.nats);
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(300)) {
      const note = number === 250 ? "kill" : "";
      await tx.publish(Happened, { thing: `${number % 100}`, number, note });
    }
  });
  const keep = keepRunning("record", opened.servers);
  onTestFinished(keep.stop);
  await vi.waitFor(async () => expect(await streams.deadLetters()).toHaveLength(1), { ...waiting, timeout: 120_000 });
  const expected = numbers(300).filter((number) => number !== 250);
  const handled = async () => (await Promise.all(numbers(100).map((thing) => effectsOf(part, `${thing}`)))).flat();
  await vi.waitFor(async () => expect((await handled()).sort((a, b) => a - b)).toEqual(expected), waiting);
  for (const thing of numbers(100)) {
    expect(await effectsOf(part, `${thing}`)).toEqual(expected.filter((number) => number % 100 === thing));
  }
  const [letter] = await streams.deadLetters();
  expect(letter?.json()).toMatchObject({ number: 250 });
  expect(keep.deaths()).toBe(5);
});

test("an event during which its process ended three times is handled in order", { timeout: 180_000 }, async () => {
  await using opened = await openServers();
  await using part = await openPart(opened.servers);
  const keep = keepRunning("report", opened.servers);
  onTestFinished(keep.stop);
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(5)) {
      await tx.publish(Happened, { thing: "a", number, note: number === 1 ? "kill alone" : "" });
    }
  });
  await vi.waitFor(async () => expect(await effectsOf(part, "a")).toHaveLength(5), { ...waiting, timeout: 120_000 });
  expect(await effectsOf(part, "a")).toEqual(numbers(5));
  expect(keep.deaths()).toBe(3);
});

/** Starts a replica that handles events until the test ends. */
async function spawn(servers: Servers): Promise<Child> {
  const child = await spawnChild("report", servers);
  onTestFinished(() => child.kill());
  return child;
}

async function spawnTwo(servers: Servers): Promise<Child[]> {
  const replicas = await Promise.all([spawn(servers), spawn(servers)]);
  await Promise.all(replicas.map(({ ready }) => ready));
  return replicas;
}

/** Starts a replica again whenever it ends. */
function keepRunning(task: "record" | "report", servers: Servers) {
  let isStopped = false;
  let deaths = 0;
  const start = async () => {
    const child = await spawnChild(task, servers);
    void child.exited.then(() => {
      if (isStopped) return;
      deaths += 1;
      current = start();
    });
    return child;
  };
  let current = start();
  return {
    deaths: () => deaths,
    async stop() {
      isStopped = true;
      await (await current).kill();
    },
  };
}

/** Publishes events of the thing `a`, all in one transaction. */
async function publishAll(part: Part, count: number): Promise<void> {
  await part.events.transaction(nobody, async (tx) => {
    for (const number of numbers(count)) await tx.publish(Happened, { thing: "a", number });
  });
}

/** Waits for a number of effects, and returns the replica that handles events. */
async function holderAfter(part: Part, replicas: readonly Child[], count: number): Promise<Child> {
  await vi.waitFor(async () => expect((await effectsOf(part)).length).toBeGreaterThan(count), waiting);
  const lastAt = (child: Child) => child.reports.at(-1)?.at ?? 0;
  const [latest] = [...replicas].sort((one, other) => lastAt(other) - lastAt(one));
  if (!latest) throw new Error("there is no replica");
  return latest;
}

/** Returns how many events were handled at the same time. What a replica began and did not end, it was killed with. */
function mostInHand(replicas: readonly Child[]): number {
  const all = replicas.flatMap(({ reports }) => intervalsOf(reports));
  return Math.max(...all.map(({ from }) => all.filter((one) => one.from <= from && from < one.to).length));
}

function intervalsOf(reports: readonly Report[]) {
  const begun = reports.filter(({ what }) => what === "begin");
  return begun.map(({ number, at }, index) => {
    const end = reports.find((one) => one.what === "end" && one.number === number && one.at >= at);
    return { from: at, to: end?.at ?? begun[index + 1]?.at ?? at + 1 };
  });
}
