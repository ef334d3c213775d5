import { MeshError } from "@mesh/contracts";
import { durationBuckets } from "@mesh/runtime";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { expect, test, vi } from "vitest";
import { echo, latch } from "../fixtures/servers.ts";

const method = "test.v1.EchoService/Unary";

test("the durations of calls are measured in seconds, by method and status", async () => {
  const recorded = recordTelemetry();
  const { client } = await echo({
    unary: async (request) => {
      if (request.number === 1) throw new MeshError({ code: "NOT_FOUND", message: "hunter2" });
      return request;
    },
  });
  for (const number of [0, 0, 1]) await client.unary({ number }).catch(() => undefined);
  const ok = { "rpc.method": method, "rpc.status_code": "OK" };
  const failed = { "rpc.method": method, "rpc.status_code": "NOT_FOUND" };
  expect(await recorded.points("rpc.client.call.duration")).toEqual([
    { attributes: ok, value: 2 },
    { attributes: { ...failed, "error.type": "NOT_FOUND" }, value: 1 },
  ]);
  // The caller is at fault, so it is no error of the server.
  await vi.waitFor(async () =>
    expect(await recorded.points("rpc.server.call.duration")).toEqual([
      { attributes: ok, value: 2 },
      { attributes: failed, value: 1 },
    ]),
  );
  const metric = await recorded.metric("rpc.server.call.duration");
  expect(metric?.descriptor).toMatchObject({ unit: "s" });
  expect(metric?.dataPoints[0]?.value).toMatchObject({ buckets: { boundaries: durationBuckets } });
});

test("calls that run, the limit, and calls that are rejected are read when metrics are collected", async () => {
  const recorded = recordTelemetry();
  const { opened, open } = latch();
  const inFlight = { unary: 1, streams: 1 };
  const { client, server } = await echo({ unary: (request) => opened.then(() => request) }, { inFlight });
  const unaryOf = async (name: string) => {
    const points = await recorded.points(name);
    return points.find(({ attributes }) => attributes["typemesh.call.use"] === "unary")?.value;
  };
  const first = client.unary({});
  await vi.waitFor(async () => expect(await unaryOf("typemesh.rpc.server.calls")).toBe(1));
  await expect(client.unary({})).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(await unaryOf("typemesh.rpc.server.call_limit")).toBe(1);
  expect(await unaryOf("typemesh.rpc.server.rejected_calls")).toBe(1);
  const upstream = { "server.address": "test" };
  expect(await recorded.points("typemesh.rpc.client.calls")).toEqual([{ attributes: upstream, value: 1 }]);
  const states = (await recorded.points("typemesh.rpc.client.replicas")).map(({ attributes, value }) => {
    return [attributes["typemesh.replica.state"], value];
  });
  expect(states).toEqual([
    ["in", 1],
    ["ejected", 0],
    ["trial", 0],
  ]);
  open();
  await first;
  expect(await unaryOf("typemesh.rpc.server.calls")).toBe(0);
  await server.close();
  expect(await unaryOf("typemesh.rpc.server.call_limit")).toBe(0);
});
