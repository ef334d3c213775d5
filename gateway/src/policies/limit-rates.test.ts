import { testDatabase } from "@mesh/testing";
import { recordedLog } from "@mesh/testing/service";
import { describe, expect, it } from "vitest";
import { limitedTo } from "../../fixtures/limited.ts";
import { type MeshOptions, startMesh } from "../../fixtures/mesh.ts";
import { orderRequest } from "../../fixtures/services.ts";

const one = { count: 3, seconds: 60 };

/** Returns a function that places orders by REST as one customer, at the gateways in turn. */
function customer(...urls: readonly string[]) {
  let placed = 0;
  const key = crypto.randomUUID();
  const known = fetch(`${urls[0]}/v1/products`);
  return async (headers: Readonly<Record<string, string>> = {}) => {
    const [cookie = ""] = (await known).headers.getSetCookie();
    const { idempotencyKey: _, ...order } = orderRequest(1);
    placed += 1;
    return fetch(`${urls[placed % urls.length]}/v1/orders`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": `${key.slice(0, -3)}${100 + placed}`,
        cookie: cookie.split(";", 1)[0] ?? "",
        ...headers,
      },
      body: JSON.stringify(order),
    });
  };
}

async function statuses(responses: readonly Promise<Response>[]): Promise<number[]> {
  return (await Promise.all(responses)).map(({ status }) => status).sort();
}

function start(options: MeshOptions<readonly []>) {
  return startMesh({}, options);
}

describe("a rate limit", () => {
  it("rejects the calls of a user above it, with the time to wait", async () => {
    const { url } = await start({ services: limitedTo({ perUser: [one] }) });
    const order = customer(url);
    const first = await order();
    expect([first.status, first.headers.get("ratelimit-policy"), first.headers.get("ratelimit")]).toEqual([
      200,
      '"orders.placeOrder/user/60";q=3;w=60',
      expect.stringMatching(/^"orders.placeOrder\/user\/60";r=2;t=(59|60)$/),
    ]);
    expect(await statuses([order(), order()])).toEqual([200, 200]);
    const rejected = await order();
    expect(rejected.status).toBe(429);
    expect(Number(rejected.headers.get("retry-after"))).toBeGreaterThan(30);
    expect(rejected.headers.get("ratelimit")).toMatch(/;r=0;t=\d+$/);
    expect(await rejected.json()).toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      detail: expect.stringMatching(
        /^too many calls of orders.placeOrder: one user may make 3 in 60 s; try again in \d+ s$/,
      ),
    });
    expect(await statuses([customer(url)()])).toEqual([200]);
  });

  it("counts the calls of a batch by tRPC, which all surfaces share", async () => {
    const { url } = await start({ services: limitedTo({ perUser: [one] }) });
    const [cookie = ""] = (await fetch(`${url}/v1/products`)).headers.getSetCookie();
    const batch = Object.fromEntries([1, 2, 3, 4].map((number, at) => [at, orderRequest(number)]));
    const names = Object.keys(batch).map(() => "orders.placeOrder");
    const response = await fetch(`${url}/trpc/${names.join(",")}?batch=1`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: cookie.split(";", 1)[0] ?? "" },
      body: JSON.stringify(batch),
    });
    const results = (await response.json()) as { readonly error?: { readonly data: { readonly code: string } } }[];
    expect(results.map(({ error }) => error?.data.code ?? "OK").sort()).toEqual([
      "OK",
      "OK",
      "OK",
      "TOO_MANY_REQUESTS",
    ]);
    expect(response.headers.get("ratelimit")).toMatch(/^"orders.placeOrder\/user\/60";r=0;t=\d+$/);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(30);
  });

  it("counts the calls from one address, or from one network of IPv6", async () => {
    const services = limitedTo({ perAddress: [one] });
    const { url } = await start({ services, settings: { proxies: 1 } });
    const from = (address: string) => customer(url)({ "x-forwarded-for": address });
    const network = ["2001:db8::1", "2001:db8:0:0:1::", "2001:DB8::ffff", "2001:db8::2"].map(from);
    expect(await statuses(network)).toEqual([200, 200, 200, 429]);
    expect(await statuses([from("2001:db8:0:1::1"), from("192.0.2.1"), from("::ffff:192.0.2.1")])).toEqual([
      200, 200, 200,
    ]);
    expect(await statuses([from("::ffff:192.0.2.1"), from("192.0.2.1")])).toEqual([200, 429]);
  });

  it("is exact across the gateways that share a database", async () => {
    await using database = await testDatabase();
    const services = limitedTo({ perUser: [{ count: 20, seconds: 60 }] });
    const limits = { countTimeoutMs: 60_000, mutationTimeoutMs: 60_000 };
    const options = { services, limits, settings: { databaseUrl: database.url } };
    const [one, other] = [await start(options), await start(options)];
    const order = customer(one.url, other.url);
    const all = await statuses(Array.from({ length: 60 }, () => order()));
    expect(all.filter((status) => status === 200)).toHaveLength(20);
    expect(all.filter((status) => status === 429)).toHaveLength(40);
    await Promise.all([one.close(), other.close()]);
  });

  it("is counted by each gateway while the database does not respond", async () => {
    const { log, logged } = recordedLog();
    const settings = { databaseUrl: "postgres://gateway:secret@127.0.0.1:1/gateway" };
    const { url } = await start({ services: limitedTo({ perUser: [one] }), settings, log });
    const order = customer(url);
    expect(await statuses(Array.from({ length: 5 }, () => order()))).toEqual([200, 200, 200, 429, 429]);
    const lines = logged.filter(({ msg }) => String(msg).startsWith("rate limits are counted in this process only"));
    expect(lines).toHaveLength(1);
  });

  it("can be switched off", async () => {
    const { url } = await start({ services: limitedTo({ perUser: [one] }), settings: { rateLimits: false } });
    const order = customer(url);
    expect(await statuses(Array.from({ length: 5 }, () => order()))).toEqual([200, 200, 200, 200, 200]);
  });
});
