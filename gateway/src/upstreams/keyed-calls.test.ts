import { randomUUID } from "node:crypto";
import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { testDatabase } from "@mesh/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MeshOptions, startMesh } from "../../fixtures/mesh.ts";
import { services } from "../../fixtures/router.ts";
import { idOf, orderOf } from "../../fixtures/services.ts";

type Cancel = (request: { id: string }) => Promise<void>;

/** Starts a gateway, whose service has no store, and returns what cancels orders as one customer. */
async function start(work: Cancel = async () => {}, options: MeshOptions<readonly []> = {}) {
  let runs = 0;
  const cancelOrder = async (request: { id: string }) => {
    runs += 1;
    await work(request);
    return { order: orderOf(request.id, idOf(1), idOf(runs)) };
  };
  const mesh = await startMesh({ orders: { cancelOrder } }, options);
  return { ...mesh, runs: () => runs };
}

async function cookieOf(url: string): Promise<string> {
  const [cookie = ""] = (await fetch(`${url}/v1/products`)).headers.getSetCookie();
  return cookie.split(";", 1)[0] ?? "";
}

const json = { "content-type": "application/json" };

async function rest(url: string, key: string, { cookie = "", id = idOf(3) }) {
  const headers = { ...json, cookie, "idempotency-key": key };
  const response = await untilOpen(() => fetch(`${url}/v1/orders/${id}:cancel`, { method: "POST", headers }));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function trpc(url: string, key: string, { cookie = "", id = idOf(3) }) {
  const headers = { ...json, cookie, "idempotency-key": key };
  const response = await untilOpen(() =>
    fetch(`${url}/trpc/orders.cancelOrder`, {
      method: "POST",
      headers,
      body: JSON.stringify({ id }),
    }),
  );
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Repeats a request while the database of a gateway that has just started is not open. */
async function untilOpen(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  return response.status === 503 ? untilOpen(send) : response;
}

const surfaces = [
  ["REST", rest],
  ["tRPC", trpc],
] as const;

describe.each(surfaces)("a mutation with an Idempotency-Key by %s", (_, send) => {
  it("has one effect, and gets the same response again", async () => {
    await using database = await testDatabase();
    const { url, runs, close } = await start(undefined, { settings: { databaseUrl: database.url } });
    const cookie = await cookieOf(url);
    const first = await send(url, "a", { cookie });
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([200, null]);
    const again = await send(url, '"a"', { cookie });
    expect([again.status, again.headers.get("idempotent-replayed"), again.body]).toEqual([200, "true", first.body]);
    expect(runs()).toBe(1);
    // Another key, and another customer.
    await send(url, "b", { cookie });
    await send(url, "a", { cookie: await cookieOf(url) });
    expect(runs()).toBe(3);
    await close();
  });

  it("is rejected with 422 if the key was used for another request", async () => {
    const { url, runs } = await start();
    const cookie = await cookieOf(url);
    await send(url, "a", { cookie });
    const other = await send(url, "a", { cookie, id: idOf(4) });
    expect([other.status, other.body]).toEqual([422, expect.stringContaining("was used for another request")]);
    expect(runs()).toBe(1);
  });

  it("is rejected with 409 while the first call runs", async () => {
    let end = () => {};
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { url, runs } = await start(() => held);
    const cookie = await cookieOf(url);
    const first = send(url, "a", { cookie });
    await expect.poll(runs).toBe(1);
    const second = await send(url, "a", { cookie });
    expect([second.status, second.headers.get("retry-after")]).toEqual([409, "1"]);
    end();
    const { body } = await first;
    expect((await send(url, "a", { cookie })).body).toBe(body);
  });

  it("may be repeated after an error", async () => {
    let fails = true;
    const { url, runs } = await start(async () => {
      if (fails) throw new MeshError({ code: "FAILED_PRECONDITION", message: "not now" });
    });
    const cookie = await cookieOf(url);
    expect((await send(url, "a", { cookie })).status).toBeGreaterThanOrEqual(400);
    fails = false;
    expect([(await send(url, "a", { cookie })).status, runs()]).toEqual([200, 2]);
  });

  it("is rejected if the key is malformed", async () => {
    const { url, runs } = await start();
    const { status } = await send(url, "a b", { cookie: await cookieOf(url) });
    expect([status, runs()]).toEqual([400, 0]);
  });
});

it("a key is known to all gateways with the same database, and one whose gateway was lost is free after its time", async () => {
  await using database = await testDatabase();
  const settings = { databaseUrl: database.url };
  let isHanging = true;
  const work = () => (isHanging ? new Promise<void>(() => {}) : Promise.resolve());
  const limits = { mutationTimeoutMs: 300 };
  const one = await start(work, { settings, limits });
  const other = await start(undefined, { settings });
  const cookie = await cookieOf(one.url);
  const key = randomUUID();
  expect((await rest(one.url, key, { cookie })).status).toBe(504);
  isHanging = false;
  // The service may still be working on it.
  expect((await rest(other.url, key, { cookie })).status).toBe(409);
  await expect.poll(async () => (await rest(other.url, key, { cookie })).status, { timeout: 20_000 }).toBe(200);
  expect((await rest(one.url, key, { cookie })).headers.get("idempotent-replayed")).toBe("true");
  expect([one.runs(), other.runs()]).toEqual([1, 1]);
  await Promise.all([one.close(), other.close()]);
});

describe.each([
  ["in the memory of a gateway", undefined],
  ["in its database", testDatabase],
])("a key %s", (_, openDatabase) => {
  async function startOrders(work: Cancel, limits = {}) {
    const database = await openDatabase?.();
    if (database) onTestFinished(() => database[Symbol.asyncDispose]());
    const options = { limits, settings: { databaseUrl: database?.url } };
    return start(work, { ...options, services: { ...services, orders: withoutRetries(OrderService) } });
  }

  it("is taken until its time is up if the call got no response, and is then free", async () => {
    let isHanging = true;
    const work = () => (isHanging ? new Promise<void>(() => {}) : Promise.resolve());
    const { url } = await startOrders(work, { mutationTimeoutMs: 1_000 });
    const cookie = await cookieOf(url);
    expect((await rest(url, "a", { cookie })).status).toBe(504);
    isHanging = false;
    expect((await rest(url, "a", { cookie })).status).toBe(409);
    await expect.poll(async () => (await rest(url, "a", { cookie })).status).toBe(200);
  });

  it("is taken if the service was lost while it worked", async () => {
    const mesh = await startOrders(() => (mesh.runs() === 1 ? Promise.resolve() : new Promise<void>(() => {})));
    const cookie = await cookieOf(mesh.url);
    await rest(mesh.url, "a", { cookie });
    const first = cancelOnce(mesh.url, "b", cookie);
    await expect.poll(mesh.runs).toBe(2);
    await mesh.servers.orders.close();
    expect(await first).toBe(503);
    await mesh.restart("orders");
    expect([await cancelOnce(mesh.url, "b", cookie), mesh.runs()]).toEqual([409, 2]);
  });

  it("is free if the service was not reached", async () => {
    const mesh = await startOrders(async () => {});
    const cookie = await cookieOf(mesh.url);
    await rest(mesh.url, "a", { cookie });
    await mesh.servers.orders.close();
    expect(await cancelOnce(mesh.url, "b", cookie)).toBe(503);
    await mesh.restart("orders");
    await expect.poll(() => cancelOnce(mesh.url, "b", cookie)).toBe(200);
    expect(mesh.runs()).toBe(2);
  });
});

/** Returns a service whose calls are not made again, since repeating them may do harm. */
function withoutRetries<S extends ServiceDefinition>(service: S): S {
  const methods = Object.entries(service.methods).map(([key, method]) => [key, { ...method, idempotency: "unknown" }]);
  return { ...service, methods: Object.fromEntries(methods) };
}

async function cancelOnce(url: string, key: string, cookie: string): Promise<number> {
  const headers = { ...json, cookie, "idempotency-key": key };
  return (await fetch(`${url}/v1/orders/${idOf(3)}:cancel`, { method: "POST", headers })).status;
}
