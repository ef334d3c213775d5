import { MeshError } from "@mesh/contracts";
import { Statistics } from "@mesh/contracts/protocols/mesh/statistics/v1/index";
import { expect, inject, onTestFinished, test } from "vitest";
import { testAuthority } from "../fixtures/identities.ts";
import { collect, connectEcho, echo, latch, serveEcho } from "../fixtures/servers.ts";
import { type ConnectOptions, connect, type RunningServer } from "./index.ts";

/** Connects to the statistics of the echo service, whose certificate has the name `test`. */
function statisticsOf({ address }: RunningServer, options: Partial<ConnectOptions> = {}) {
  const upstream = connect({ ...Statistics, name: "test" }, { address, mux: inject("mux"), ...options });
  onTestFinished(() => upstream.close());
  return async (method: string) => {
    const { methods } = await upstream.client.countCalls({});
    return methods.find(({ path }) => path === `/test.v1.EchoService/${method}`);
  };
}

const sum = (counts: readonly bigint[] = []) => counts.reduce((all, one) => all + one, 0n);

test("the calls of each method are counted, by status and by duration, and those that run", async () => {
  const { opened, open } = latch();
  const { server, client } = await echo({
    async unary(request) {
      if (request.number === 1) await opened;
      if (request.number === 2) throw new MeshError({ code: "NOT_FOUND", message: "no such note" });
      return request;
    },
  });
  const counts = statisticsOf(server);
  const waiting = client.unary({ number: 1 }, { timeoutMs: 60_000 });
  await client.unary({});
  for (const number of [2, 2]) await expect(client.unary({ number })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await collect(client.down({ number: 3 }));
  await expect.poll(() => counts("Unary")).toMatchObject({ running: 1, ended: { OK: 1n, NOT_FOUND: 2n } });
  open();
  await waiting;
  await expect
    .poll(() => counts("Unary"))
    .toMatchObject({ running: 0, rejected: 0n, ended: { OK: 2n, NOT_FOUND: 2n } });
  expect(sum((await counts("Unary"))?.durations)).toBe(4n);
  expect(await counts("Down")).toMatchObject({ running: 0, ended: { OK: 1n } });
  expect(await counts("Up")).toMatchObject({ ended: {} });
});

test("a duration is counted where the contract says", async () => {
  const { server, client } = await echo({
    async unary(request) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return request;
    },
  });
  await client.unary({});
  const durations = (await statisticsOf(server)("Unary"))?.durations ?? [];
  const at = durations.indexOf(1n);
  // A timer may fire a little early, and a busy machine late.
  expect(2 ** (at / 4) / 64).toBeGreaterThan(38);
  expect(2 ** ((at - 1) / 4) / 64).toBeLessThan(10_000);
});

test("calls for which there is no room are counted", async () => {
  const { opened, open } = latch();
  const unary = async <R>(request: R) => {
    await opened;
    return request;
  };
  const server = await serveEcho({ unary }, { inFlight: { unary: 1, streams: 1 } });
  const { client } = connectEcho(server);
  const first = client.unary({}, { timeoutMs: 60_000 });
  const counts = statisticsOf(server);
  await expect.poll(() => counts("Unary")).toMatchObject({ running: 1 });
  await expect(client.unary({})).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(await counts("Unary")).toMatchObject({ running: 1, rejected: 1n, ended: {} });
  open();
  await first;
});

test("only operators may read them if callers have identities", async () => {
  const authority = await testAuthority();
  const server = await serveEcho({}, { credentials: await authority.identity("test"), operators: ["developer"] });
  const as = async (name: string) => statisticsOf(server, { credentials: await authority.identity(name) })("Unary");
  expect(await as("developer")).toMatchObject({ running: 0 });
  for (const name of ["orders", "gateway"]) await expect(as(name)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
});
