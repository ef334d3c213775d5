import { type Code, MeshError } from "@mesh/contracts";
import { expect, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import type { EchoHandlers } from "../fixtures/echo.ts";
import { callMany, connectReplicas, serveReplica, spawnReplica } from "../fixtures/replicas.ts";

const ejected = "a replica is ejected";
const back = "the replica is back";

/** A handler that fails with a code while it is set. */
function failing(id: string, state: { code: Code | undefined }): Partial<EchoHandlers<unknown>> {
  return {
    async unary({ number }) {
      if (state.code) throw new MeshError({ code: state.code, message: "it fails" });
      return { text: id, number };
    },
  };
}

test("a replica whose calls fail is ejected, tried with one call at a time, and back when they succeed", async () => {
  const { log, lines } = capturedLog("info");
  const state: { code: Code | undefined } = { code: "INTERNAL" };
  const bad = await serveReplica("bad", failing("bad", state));
  const { client } = connectReplicas([bad, await serveReplica("a"), await serveReplica("b")], log);
  let failed = 0;
  const callSome = async () => {
    failed += (await callMany(client, 20)).failed ?? 0;
    return lines;
  };
  await expect.poll(callSome).toMatchObject([{ level: 40, msg: ejected }]);
  // Those that it had when the fifth failed, and a trial.
  expect(failed).toBeLessThan(20);
  expect(lines[0]).toMatchObject({ upstream: "test", replica: "bad", address: bad.address });
  expect(lines[0]?.reason).toMatch(
    /^\d+ (% of its calls succeed|calls in a row failed), and 100 % of those of the others succeed$/,
  );
  expect((await callMany(client, 300)).failed ?? 0).toBeLessThan(5);
  state.code = undefined;
  await expect
    .poll(() => callMany(client, 20).then(() => lines[1]))
    .toMatchObject({ level: 30, msg: back, replica: "bad" });
  await expect.poll(() => client.unary({})).toMatchObject({ text: "bad" });
});

test("errors of the application, short deadlines and callers that leave eject no replica", async () => {
  const { log, lines } = capturedLog("info");
  const codes: Code[] = ["NOT_FOUND", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "ABORTED"];
  const state: { code: Code | undefined } = { code: undefined };
  const never = () => new Promise<never>(() => {});
  const bad = await serveReplica("bad", { ...failing("bad", state), brief: never });
  const { client } = connectReplicas([bad, await serveReplica("a"), await serveReplica("b")], log);
  for (const code of codes) {
    state.code = code;
    await callMany(client, 60);
  }
  const brief = Array.from({ length: 60 }, () => client.brief({}, { timeoutMs: 20 }));
  const left = Array.from({ length: 60 }, () => client.brief({}, { signal: AbortSignal.timeout(20) }));
  await Promise.allSettled([...brief, ...left]);
  expect(lines).toEqual([]);
});

test("a request that fails at all replicas ejects none, alone or between others", async () => {
  const { log, lines } = capturedLog("info");
  const picky = (id: string): Partial<EchoHandlers<unknown>> => ({
    async unary({ number }) {
      if (number === 13) throw new Error("a bug");
      return { text: id, number };
    },
  });
  const { client } = connectReplicas([await serveReplica("a", picky("a")), await serveReplica("b", picky("b"))], log);
  await callMany(client, 100);
  const call = (number: number) => client.unary({ number }).catch(() => undefined);
  for (let round = 0; round < 200; round++) await call(13);
  for (let round = 0; round < 1_000; round++) await call(round % 5 < 2 ? 13 : 0);
  await Promise.all(Array.from({ length: 200 }, (_, at) => call(at % 3 === 0 ? 13 : 0)));
  expect(lines).toEqual([]);
});

test("one of two replicas that always fails gets few calls", async () => {
  const { log, lines } = capturedLog("info");
  const state: { code: Code | undefined } = { code: undefined };
  let calls = 0;
  const bad = await serveReplica("bad", {
    async unary({ number }) {
      calls += 1;
      if (state.code) throw new MeshError({ code: state.code, message: "it fails" });
      return { text: "bad", number };
    },
  });
  const { client } = connectReplicas([bad, await serveReplica("a")], log);
  await callMany(client, 100, 1);
  state.code = "INTERNAL";
  calls = 0;
  expect((await callMany(client, 500, 1)).a).toBeGreaterThan(490);
  expect(calls).toBeLessThan(8);
  await expect.poll(() => callMany(client, 100, 1).then(() => lines)).toMatchObject([{ msg: ejected, replica: "bad" }]);
  expect(calls).toBeLessThan(8);
});

test("what a replica did while it was the only one does not count later", async () => {
  const { log, lines } = capturedLog("info");
  const state = { isBad: false };
  let calls = 0;
  const bad = await serveReplica("bad", {
    async unary({ number }) {
      // Never two in a row.
      if (state.isBad && calls++ % 2) throw new MeshError({ code: "INTERNAL", message: "it fails" });
      return { text: "bad", number };
    },
  });
  const { client, discovery } = connectReplicas([bad], log);
  await callMany(client, 3_000);
  discovery.set([bad, await serveReplica("a")]);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
  state.isBad = true;
  await callMany(client, 400);
  expect(lines).toMatchObject([{ msg: ejected, replica: "bad" }]);
});

test("at most half of the replicas are ejected, and none if all fail alike", async () => {
  const { log, lines } = capturedLog("info");
  const state: { code: Code | undefined } = { code: "UNAVAILABLE" };
  const bad = await Promise.all(["b", "c", "d"].map((id) => serveReplica(id, failing(id, state))));
  const { client, discovery } = connectReplicas(bad, log);
  expect(await callMany(client, 200)).toEqual({ failed: 200 });
  expect(lines).toEqual([]);
  discovery.set([await serveReplica("a"), ...bad]);
  await expect.poll(() => callMany(client, 20).then(() => lines.length)).toBe(2);
  await callMany(client, 500);
  expect(lines.filter(({ msg }) => msg === ejected)).toHaveLength(2);
});

test("a process that is stopped gets no calls until it goes on, and those that it had go elsewhere", async () => {
  const { log, lines } = capturedLog("info");
  const [a, b] = await Promise.all([spawnReplica("a"), spawnReplica("b")]);
  const { client } = connectReplicas([a, b], log);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
  await expect.poll(() => client.unary({})).toMatchObject({ text: "b" });
  await a.signal("SIGSTOP");
  let isEjected = false;
  const calls: Promise<unknown>[] = [];
  // While it is not ejected, the few calls that wait for it show that it is silent.
  await expect
    .poll(() => {
      calls.push(client.unary({}, { timeoutMs: 15_000 }));
      isEjected = lines.some(({ msg }) => msg === ejected);
      return isEjected;
    })
    .toBe(true);
  expect(lines[0]?.reason).toMatch(/^no response for \d+ ms$/);
  expect(await callMany(client, 500)).toEqual({ b: 500 });
  // Those that waited for it are made again, since the contract says that this does no harm.
  for (const note of await Promise.all(calls)) expect(note).toMatchObject({ text: "b" });
  await a.signal("SIGCONT");
  await expect.poll(() => callMany(client, 5).then(() => lines.at(-1))).toMatchObject({ msg: back, replica: "a" });
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
});

test("a process that is killed costs only the calls that it had, and is back when it runs again", async () => {
  const [a, b] = await Promise.all([spawnReplica("a"), spawnReplica("b")]);
  const { client } = connectReplicas([a, b]);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a" });
  await expect.poll(() => client.unary({})).toMatchObject({ text: "b" });
  const calls = callMany(client, 500, 4);
  await a.signal("SIGKILL");
  expect((await calls).failed ?? 0).toBeLessThanOrEqual(4);
  expect(await callMany(client, 200)).toEqual({ b: 200 });
  await spawnReplica("a again", a.port);
  await expect.poll(() => client.unary({})).toMatchObject({ text: "a again" });
});

test("a replica that is slow by nature is not ejected", async () => {
  const { log, lines } = capturedLog("info");
  const slow = await serveReplica("slow", {
    async unary({ number }) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return { text: "slow", number };
    },
  });
  const { client } = connectReplicas([slow, await serveReplica("a")], log);
  // Enough at the same time that both get some.
  const tally = await callMany(client, 1_000, 40);
  expect(tally.slow).toBeGreaterThan(0);
  expect(lines).toEqual([]);
});
