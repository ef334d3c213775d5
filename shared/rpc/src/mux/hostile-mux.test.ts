import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { muxCall, muxClient, noteBytes } from "../../fixtures/mux-client.ts";
import { echo } from "../../fixtures/servers.ts";

const mebibyte = 1024 * 1024;

const textHeaders = (count: number, length: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `x-${at}`,
    value: { $case: "text", value: "v".repeat(length) } as const,
  }));

test("times from none to the longest do not end a call, and it has the limit of all calls", async () => {
  const deadlines: number[] = [];
  const { server } = await echo({
    async unary(request, { deadline }) {
      deadlines.push(deadline - Date.now());
      return request;
    },
  });
  const client = muxClient(server.address);
  for (const [id, timeoutMs] of [0, 2 ** 31, 2 ** 32 - 1].entries())
    client.send({ calls: [muxCall({ id, timeoutMs })] });
  await expect.poll(() => client.results.map(({ code }) => code)).toEqual([status.OK, status.OK, status.OK]);
  for (const leftMs of deadlines) expect(leftMs).toBeLessThanOrEqual(60_000);
  client.send({ calls: [muxCall({ id: 9, timeoutMs: 1, message: noteBytes({ text: "x".repeat(1_000) }) })] });
  await expect.poll(() => client.results.length).toBe(4);
  expect([status.OK, status.DEADLINE_EXCEEDED]).toContain(client.results[3]?.code);
});

test("126 headers of a call are accepted, and more than 16 KiB of them rejected, while the stream goes on", async () => {
  const { server } = await echo();
  const client = muxClient(server.address);
  client.send({
    calls: [
      muxCall({ id: 1, headers: textHeaders(126, 10) }),
      muxCall({ id: 2, headers: textHeaders(126, 200) }),
      muxCall({ id: 3 }),
    ],
  });
  await expect.poll(() => client.results.length).toBe(3);
  const codes = new Map(client.results.map(({ id, code }) => [id, code]));
  expect([1, 2, 3].map((id) => codes.get(id))).toEqual([status.OK, status.RESOURCE_EXHAUSTED, status.OK]);
});

test("an envelope over 1 MiB ends the stream with RESOURCE_EXHAUSTED, and one that is cut with INVALID_ARGUMENT", async () => {
  const { server, client: other } = await echo();
  const large = muxClient(server.address);
  large.send({ calls: [muxCall({ id: 1, message: noteBytes({ text: "x".repeat(mebibyte) }) })] });
  expect(await large.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  const cut = muxClient(server.address);
  cut.sendBytes(new Uint8Array([10, 100, 8, 1]));
  expect(await cut.ended).toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(await other.unary({ text: "fine" })).toMatchObject({ text: "fine" });
});

test("600 long paths that no method has are not kept", async () => {
  const { server, client: other } = await echo();
  const client = muxClient(server.address);
  const path = `/${"x".repeat(mebibyte / 2)}`;
  await other.unary({});
  const before = process.memoryUsage().rss;
  for (let id = 0; id < 600; id++) {
    client.send({ calls: [muxCall({ id, method: id, path })] });
    // The size of the responses counts too: the client is in the same process.
    await expect.poll(() => client.results.length, { interval: 1 }).toBe(id + 1);
    client.results[id] = { ...(client.results[id] as (typeof client.results)[0]), text: "" };
    client.messages.length = 0;
  }
  expect(new Set(client.results.map(({ code }) => code))).toEqual(new Set([status.UNIMPLEMENTED]));
  expect((process.memoryUsage().rss - before) / mebibyte).toBeLessThan(100);
  client.send({ calls: [muxCall({ id: 1_000, method: 5, path: "" })] });
  await expect.poll(() => client.results.at(-1)).toMatchObject({ code: status.UNIMPLEMENTED });
  client.send({ calls: [muxCall({ id: 1_001, method: 5 })] });
  await expect.poll(() => client.results.at(-1)).toMatchObject({ code: status.OK });
});

test("50,000 calls that are cancelled in their own message reach no handler for long, and ids that are unknown do nothing", async () => {
  const { server, client: other } = await echo();
  const client = muxClient(server.address);
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 500; round++) {
    const ids = Array.from({ length: 100 }, (_, at) => at);
    client.send({ calls: ids.map((id) => muxCall({ id })), cancelled: [...ids, ...ids, 4_000_000_000] });
    // So many at a time may take the room of others for a moment.
    const call = () => other.unary({ text: "fine" }).catch(() => undefined);
    if (round % 50 === 49) await expect.poll(call).toMatchObject({ text: "fine" });
  }
  const callOnce = async () => {
    const answers = () => client.results.length + client.rejected.length;
    const before = answers();
    client.send({ calls: [muxCall({ id: 7, message: noteBytes({ number: 7 }) })] });
    await expect.poll(answers).toBeGreaterThan(before);
    return client.results.at(-1);
  };
  await expect.poll(callOnce).toMatchObject({ id: 7, code: status.OK, message: noteBytes({ number: 7 }) });
  expect((process.memoryUsage().rss - before) / mebibyte).toBeLessThan(100);
});
