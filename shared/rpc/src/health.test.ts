import { MeshError } from "@mesh/contracts";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@mesh/contracts/protocols/grpc/health/v1/index";
import { createHealth } from "@mesh/runtime";
import { expect, onTestFinished, test } from "vitest";
import { connectEcho, serveEcho } from "../fixtures/servers.ts";
import { connect, type RunningServer } from "./index.ts";

function connectHealth({ address }: RunningServer) {
  const upstream = connect(Health, { address });
  onTestFinished(() => upstream.close());
  return upstream.client;
}

test("Check says whether the server, and each service of it, can be called", async () => {
  const health = createHealth();
  const client = connectHealth(await serveEcho({}, { health }));
  const services = ["", "test.v1.EchoService"];
  for (const service of services) expect(await client.check({ service })).toMatchObject({ status: Status.SERVING });
  health.set("postgres", false, "starting");
  for (const service of services) {
    const answer = await client.check({ service });
    expect(answer).toMatchObject({ status: Status.NOT_SERVING, meshReason: "postgres: starting" });
  }
  health.set("postgres", true, "slow");
  expect(await client.check({})).toMatchObject({ status: Status.SERVING, meshReason: "postgres: slow" });
  await expect(client.check({ service: "other.v1.Service" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("Watch tells each change, until the server closes", async () => {
  const health = createHealth();
  const server = await serveEcho({}, { health });
  const seen: number[] = [];
  const watching = (async () => {
    for await (const { status } of connectHealth(server).watch({})) seen.push(status);
  })();
  watching.catch(() => {});
  await expect.poll(() => seen).toEqual([Status.SERVING]);
  health.set("postgres", false);
  await expect.poll(() => seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
  health.set("postgres", true);
  await expect.poll(() => seen).toHaveLength(3);
  await server.close();
  await expect(watching).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(seen.at(-1)).toBe(Status.NOT_SERVING);
});

test("Watch of a service that is not here says so and goes on", async () => {
  const client = connectHealth(await serveEcho());
  const iterator = client.watch({ service: "other.v1.Service" })[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ status: Status.SERVICE_UNKNOWN });
  await iterator.return?.();
});

test("check and ready report a service that is starting, ready, and gone", async () => {
  const health = createHealth();
  health.set("postgres", false, "starting");
  const server = await serveEcho({}, { health });
  const upstream = connectEcho(server);
  expect(await upstream.check()).toEqual({ ready: false, reason: "postgres: starting" });
  const late = await upstream.ready(AbortSignal.timeout(200)).catch((error: unknown) => error);
  expect(late).toBeInstanceOf(MeshError);
  expect(late).toMatchObject({ code: "UNAVAILABLE", message: "test is not ready: postgres: starting" });
  const ready = upstream.ready(AbortSignal.timeout(5_000));
  health.set("postgres", true);
  await ready;
  expect(await upstream.check()).toEqual({ ready: true, reason: "" });
  await server.close();
  expect(await upstream.check()).toMatchObject({
    ready: false,
    reason: "test can't be reached (grpc.health.v1.Health/Check)",
  });
});

test("a service can be waited for before it runs", async () => {
  const { port, address, close } = await serveEcho();
  await close();
  const upstream = connectEcho({ address });
  const ready = upstream.ready(AbortSignal.timeout(10_000));
  await serveEcho({}, { port });
  await ready;
  expect(await upstream.client.unary({ text: "there" })).toMatchObject({ text: "there" });
});
