import { describe, expect, it } from "vitest";
import { type BothPaths, listedOrigin, openBothPaths } from "../../../fixtures/both-paths.ts";
import { openRaw, type RawRequest, sendRaw } from "../../../fixtures/raw-http.ts";
import { idOf, orderRequest } from "../../../fixtures/services.ts";

const json = ["Content-Type", "application/json"] as const;

function get(path: string, input?: unknown, ...headers: (readonly [string, string])[]): RawRequest {
  const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
  return { method: "GET", target: `/trpc/${path}${query}`, headers };
}

function batch(paths: string, inputs: unknown, ...headers: (readonly [string, string])[]): RawRequest {
  const input = encodeURIComponent(JSON.stringify(inputs));
  return { method: "GET", target: `/trpc/${paths}?batch=1&input=${input}`, headers };
}

function post(path: string, body: string, ...headers: (readonly [string, string])[]): RawRequest {
  return { method: "POST", target: `/trpc/${path}`, headers: [json, ...headers], body };
}

const product = "catalog.getProduct";
const place = "orders.placeOrder";
const watch = "orders.watchOrder";
const order = JSON.stringify(orderRequest(1));
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** Requests that clients send, and what they get wrong in their calls. */
const ordinary: Readonly<Record<string, RawRequest>> = {
  "a query": get(product, { id: idOf(1) }),
  "a query that finds nothing": get(product, { id: idOf(404) }),
  "a query that is to be repeated later": get(product, { id: idOf(429) }),
  "a query to a service that is down": get(product, { id: idOf(503) }),
  "a query that fails": get(product, { id: idOf(500) }),
  "an invalid query": get(product, { id: "x" }),
  "a query without input": get(product),
  "a query with an empty input": { method: "GET", target: `/trpc/${product}?input=` },
  "a query with two inputs": { method: "GET", target: `/trpc/own.echo?input=1&input=2` },
  "a query with input that is no JSON": { method: "GET", target: `/trpc/${product}?input={` },
  "a query with broken percent signs": { method: "GET", target: `/trpc/own.echo?input="%zz%"` },
  "a query with bytes that are no UTF-8": { method: "GET", target: `/trpc/own.echo?input="%ff"` },
  "a query with a plus sign": { method: "GET", target: `/trpc/own.echo?input="a+b%2B"` },
  "a query with semicolons and quotes": { method: "GET", target: `/trpc/own.echo?a;b='&input="<>|\\\\^\`{}"` },
  "a query with null": get("own.echo", null),
  "a query with the value of a transformer": get("own.echo", { a: "~n5", b: "~d0", c: "~bYQ==", d: "~u", e: "~~" }),
  "a query with an unknown tag": get("own.echo", "~x"),
  "a query with Unicode": get("own.echo", "é👍\u2028\ud800"),
  "a query with a prototype": { method: "GET", target: '/trpc/own.echo?input={"__proto__":{"a":1},"constructor":1}' },
  "a query by a path with percent signs": get("catalog%2EgetProduct", { id: idOf(1) }),
  "a query that ends by a thrown error": get("own.fail"),
  "a query without its scope": get("own.hidden"),
  "a query whose result has a promise": get("own.later"),
  "a query of an unknown procedure": get("orders.noSuch"),
  "a query of no procedure": get(""),
  "a query of a prototype's name": get("__proto__"),
  "a query of a prototype's method": get("toString"),
  "a query of the prototype of a service": get("orders.__proto__"),
  "a query of a router": get("orders"),
  "a query by POST": post(product, JSON.stringify({ id: idOf(1) })),
  "a query of a page that is listed": get(product, { id: idOf(1) }, ["Origin", listedOrigin]),
  "a query with a body": { ...get(product, { id: idOf(1) }), body: "{}" },
  "a query for any JSON": get(product, { id: idOf(1) }, ["Accept", "application/json, */*"]),
  "a query with a type of JSON": get(product, { id: idOf(1) }, json),
  "a query to an address": get(product, { id: idOf(1) }, ["Host", "127.0.0.1:80"]),
  "a query to an IPv6 address": get(product, { id: idOf(1) }, ["Host", "[::1]:80"]),
  "a query whose result is no JSON": get(product, { id: idOf(1) }, ["X-Result", "function"]),
  "a query whose result is a stream": get(product, { id: idOf(1) }, ["X-Result", "stream"]),
  "a query whose result is a promise": get(product, { id: idOf(1) }, ["X-Result", "promise"]),
  "a query whose result is cyclic": get(product, { id: idOf(1) }, ["X-Result", "cyclic"]),
  "a query whose result is undefined": get(product, { id: idOf(1) }, ["X-Result", "undefined"]),
  "a mutation": post(place, order),
  "a mutation of a new caller": post(place, order, ["X-New", "1"]),
  "a mutation that is invalid": post(place, "{}"),
  "a mutation without a body": post(place, ""),
  "a mutation with a mark of the byte order": post("own.change", '\ufeff{"a":1}'),
  "a mutation whose body is no JSON": post(place, '{"items":'),
  "a mutation with null": post(place, "null"),
  "a mutation with a list": post(place, "[]"),
  "a mutation with an unknown tag": post(place, '"~x"'),
  "a mutation with a large number": post("own.change", "1e999"),
  "a mutation nested 64 levels deep": post("own.change", deep(64)),
  "a mutation nested 65 levels deep": post("own.change", deep(65)),
  "a mutation with Unicode": post("own.change", JSON.stringify("é👍\u2028")),
  "a mutation with a parameter of the type": {
    ...post(place, order),
    headers: [["Content-Type", "application/JSON; Charset=utf-8"]],
  },
  "a mutation by GET": get(place, orderRequest(1)),
  "a mutation with inputs in its query": { ...post(place, order), target: `/trpc/${place}?input={}` },
  "a batch": batch(`${product},${product}`, { 0: { id: idOf(1) }, 1: { id: idOf(2) } }),
  "a batch of one": batch(product, { 0: { id: idOf(1) } }),
  "a batch with mixed results": batch(`${product},${product},no.such,${product},own.echo`, {
    0: { id: idOf(1) },
    1: { id: "x" },
    3: { id: idOf(404) },
    4: "~d0",
  }),
  "a batch of which all fail alike": batch(`${product},${product}`, { 0: { id: idOf(404) }, 1: { id: idOf(404) } }),
  "a batch with delays": batch(`${product},${product}`, { 0: { id: idOf(429) }, 1: { id: idOf(503) } }),
  "a batch without inputs": { method: "GET", target: `/trpc/${product},own.echo?batch=1` },
  "a batch whose inputs are a list": batch(`${product},${product}`, []),
  "a batch whose inputs are null": batch(`${product},${product}`, null),
  "a batch whose inputs are no JSON": { method: "GET", target: `/trpc/${product},${product}?batch=1&input={` },
  "a batch with an unknown tag": batch(`${product},${product}`, { 0: { id: idOf(1) }, 1: "~x" }),
  "a batch with inputs for others": batch(product, { 0: { id: idOf(1) }, 7: 1, __proto__: 1, length: 1 }),
  "a batch whose results are no JSON": batch(`${product},${product}`, { 0: { id: idOf(1) } }, ["X-Result", "function"]),
  "a batch whose results are streams": batch(`${product},own.echo`, { 0: { id: idOf(1) } }, ["X-Result", "stream"]),
  "a batch of mutations": post(`${place},own.change?batch=1`, JSON.stringify({ 0: orderRequest(1), 1: [1] })),
  "a batch of mutations by GET": batch(`${place},own.change`, { 0: orderRequest(1) }),
  "a batch of ten": batch(Array(10).fill("own.echo").join(), { 3: 3 }),
  "a batch of nothing": { method: "GET", target: "/trpc/,?batch=1" },
  "a batch with a comma in percent signs": batch(`${product}%2Cown.echo`, { 0: { id: idOf(1) } }),
  "a subscription": get(watch, { id: idOf(1) }),
  "a subscription of many events": get(watch, { id: idOf(2) }),
  "a subscription with an event that has an id": get(watch, { id: idOf(3) }),
  "a subscription with an event that is no JSON": get(watch, { id: idOf(4) }),
  "a subscription that fails": get(watch, { id: idOf(500) }),
  "a subscription that fails with a declared error": get(watch, { id: idOf(404) }),
  "a subscription that is invalid": get(watch, { id: "x" }),
  "a subscription with broken input": { method: "GET", target: `/trpc/${watch}?input={` },
  "a subscription that goes on": get(watch, { id: idOf(1) }, ["Last-Event-Id", "5"]),
  "a subscription that goes on by its query": { ...get(watch), target: `/trpc/${watch}?lastEventId=%0a5&input={}` },
  "a subscription that goes on after nothing": get(watch, { id: idOf(1) }, ["Last-Event-Id", ""]),
  "a subscription by POST": post(watch, JSON.stringify({ id: idOf(1) })),
  "a subscription by POST that goes on": post(watch, JSON.stringify({ id: idOf(1) }), ["Last-Event-Id", "5"]),
  "a subscription by POST that goes on by its query": {
    ...post(watch, JSON.stringify({ id: idOf(1) })),
    target: `/trpc/${watch}?lastEventId=5`,
  },
  "a subscription by POST that is invalid": post(watch, JSON.stringify({ id: "x" })),
  "a subscription by POST without input": post(watch, ""),
  "a subscription by POST with broken input": post(watch, "{"),
  "a subscription by POST that fails": post(watch, JSON.stringify({ id: idOf(404) })),
  "a subscription whose result is no stream": get(watch, { id: idOf(1) }, ["X-Result", "function"]),
};

/** Requests that tRPC's own handler gets, from both gateways. */
const unusual: Readonly<Record<string, RawRequest>> = {
  "a batch of eleven": batch(Array(11).fill("own.echo").join(), {}),
  "a batch of JSON lines": batch("own.echo,own.later", {}, ["trpc-accept", "application/jsonl"]),
  "JSON lines without a batch": get("own.echo", 1, ["Accept", "application/jsonl"]),
  "a batch of queries and mutations": batch("own.echo,own.change", {}),
  "a batch of subscriptions": batch(`${watch},${watch}`, {}),
  "a subscription by POST that is written by hand": post("own.count", "1"),
  "a subscription that is written by hand": get("own.count", 1, ["Last-Event-Id", "0"]),
  "connection parameters": { method: "GET", target: "/trpc/own.echo?connectionParams=1" },
  "a path whose percent signs are broken": { method: "GET", target: "/trpc/%E0%A4%A" },
  "a fragment": { method: "GET", target: "/trpc/own.echo?input=1#&input=2" },
  "a fragment in the path": { method: "GET", target: "/trpc/own.echo#?input=2" },
  "bytes in the URL": { method: "GET", target: '/trpc/own.echo?input="\u00e9"' },
  "a host that is none": get("own.echo", 1, ["Host", "a b"]),
  "a host with a user": get("own.echo", 1, ["Host", "a:b@c"]),
  "a host with a path": get("own.echo", 1, ["Host", "a/b?c"]),
  "a port that is none": get("own.echo", 1, ["Host", "a:99999"]),
  "a batch of both kinds of procedures whose inputs are no JSON": {
    method: "GET",
    target: `/trpc/own.echo,${product}?batch=1&input={`,
  },
  "a body with two marks of the byte order": post("own.change", '\ufeff\ufeff{"a":1}'),
  "a body with three of them": post("own.change", '\ufeff\ufeff\ufeff{"a":1}'),
  "a query with the type of forms": get("own.echo", 1, ["Content-Type", "multipart/form-data"]),
  "a query with the type of bytes": get("own.echo", 1, ["Content-Type", "application/octet-stream"]),
};

/** Requests that get no further than HTTP. */
const rejected: Readonly<Record<string, RawRequest>> = {
  "a body with the type of forms": {
    ...post(place, order),
    headers: [["Content-Type", "multipart/form-data; boundary=x"]],
  },
  "a body without a type": { ...post(place, order), headers: [] },
  "a body that is too large": post(place, order.padEnd(2_001, " ")),
  "a caller who is unknown": get(product, { id: idOf(1) }, ["X-Broken", "1"]),
  "a page that is not listed": get(product, { id: idOf(1) }, ["Origin", "https://evil.example"]),
  "a preflight": { method: "OPTIONS", target: `/trpc/${product}`, headers: [["Origin", listedOrigin]] },
  HEAD: { method: "HEAD", target: `/trpc/${product}` },
  PUT: { method: "PUT", target: `/trpc/${place}`, headers: [json], body: order },
  DELETE: { method: "DELETE", target: `/trpc/${product}` },
};

/** Sends a request to both gateways. Returns what they respond. */
async function sendBoth({ ports }: BothPaths, request: RawRequest) {
  const [thin, adapter] = await Promise.all([sendRaw(ports.thin, request), sendRaw(ports.adapter, request)]);
  return { thin, adapter };
}

describe("the response of the thin path is that of tRPC's handler for", () => {
  it.each(Object.entries(ordinary))("%s", async (_, request) => {
    const both = await openBothPaths();
    const { thin, adapter } = await sendBoth(both, request);
    expect(thin).toEqual(adapter);
    expect(both.taken()).toBe(1);
    expect(thin.status).toMatch(/^HTTP\/1.1 \d{3} /);
  });
});

describe("tRPC's handler has", () => {
  it.each(Object.entries({ ...unusual, ...rejected }))("%s", async (_, request) => {
    const both = await openBothPaths();
    const { thin, adapter } = await sendBoth(both, request);
    expect(thin).toEqual(adapter);
    expect(both.taken()).toBe(0);
    expect(thin.status).toMatch(/^HTTP\/1.1 \d{3} /);
  });
});

describe("a client that leaves", () => {
  it.each([
    ["getProduct", get(product, { id: idOf(1_000) })],
    ["watchOrder", get(watch, { id: idOf(1_000) })],
    ["wait", get("own.wait")],
  ])("aborts the call of %s", async (path, request) => {
    const { ports, waiting, aborted } = await openBothPaths();
    for (const [before, port] of [ports.thin, ports.adapter].entries()) {
      const socket = openRaw(port, request);
      await expect.poll(() => waiting.slice(before)).toEqual([path]);
      expect(aborted).toHaveLength(before);
      socket.destroy();
      await expect.poll(() => aborted.slice(before)).toEqual([path]);
    }
  });
});
