import fc from "fast-check";
import { expect, it } from "vitest";
import { openBothPaths } from "../../../fixtures/both-paths.ts";
import { type RawRequest, sendRaw } from "../../../fixtures/raw-http.ts";
import { idOf, orderRequest } from "../../../fixtures/services.ts";

const seed = Date.now() % 2 ** 31;

const paths = ["catalog.getProduct", "catalog.listProducts", "orders.watchOrder", "own.echo", "own.change", "own.fail"];
const odd = ["", "orders", "orders.__proto__", "constructor", "hasOwnProperty", "own.echo ", "a%2Cb", "%e0", "é"];

const path = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...paths) }, fc.constantFrom(...odd));

const value = fc.oneof(
  fc.constantFrom({ id: idOf(1) }, { id: idOf(404) }, { id: idOf(429) }, { id: "x" }, orderRequest(1)),
  fc.constantFrom("~n5", "~d0", "~bYQ==", "~u", "~~", "~x", ["~m", 1, 2], null, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON, and what is nearly JSON. */
const text = fc.oneof(
  { weight: 4, arbitrary: value.map((one) => JSON.stringify(one)) },
  { weight: 4, arbitrary: fc.array(value, { maxLength: 3 }).map((all) => JSON.stringify({ ...all })) },
  fc.constantFrom("", "{", "1e999", "\ufeff{}", '{"__proto__":1,"0":1}', "[".repeat(70), "undefined"),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const parameters = fc.record(
  { batch: fc.constantFrom("1", "0", "2"), input: text, lastEventId: fc.constantFrom("", "1", "\n"), x: fc.string() },
  { requiredKeys: [] },
);

const query = fc.oneof(
  { weight: 5, arbitrary: parameters.map((some) => new URLSearchParams(some).toString()) },
  fc.constantFrom("", "batch=1", "input=%", "input=%ff", "input=a+b", "batch=1&batch=0", "connectionParams={}"),
);

const header = fc.constantFrom<readonly [string, string]>(
  ["Accept", "application/json"],
  ["Accept", "application/jsonl"],
  ["trpc-accept", "application/jsonl"],
  ["Last-Event-Id", "1"],
  ["Content-Type", "application/json; charset=utf-8"],
  ["Content-Type", "text/plain"],
  ["X-New", "1"],
  ["X-Result", "function"],
  ["X-Result", "stream"],
);

const request: fc.Arbitrary<RawRequest> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "POST", "POST", "HEAD", "PUT"),
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    query,
    headers: fc.uniqueArray(header, { maxLength: 2, selector: ([name]) => name.toLowerCase() }),
    body: text,
  })
  .map(({ method, paths, query, headers, body }) => {
    const target = `/trpc/${paths.join(",").replaceAll(" ", "%20")}${query && `?${query}`}`;
    if (method !== "POST" && method !== "PUT") return { method, target, headers };
    const isTyped = headers.some(([name]) => name === "Content-Type");
    return { method, target, headers: isTyped ? headers : [["Content-Type", "application/json"], ...headers], body };
  });

// The seed is in the name, so that a run that fails says how to repeat it.
it(`any request has the same response by the thin path and by tRPC's handler (seed ${seed})`, async () => {
  const { ports, taken } = await openBothPaths();
  const isSame = fc.asyncProperty(request, async (one) => {
    const [thin, adapter] = await Promise.all([sendRaw(ports.thin, one), sendRaw(ports.adapter, one)]);
    expect(thin).toEqual(adapter);
  });
  await fc.assert(isSame, { seed, numRuns: 400 });
  expect(taken()).toBeGreaterThan(100);
});
