import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { EchoService } from "../../fixtures/echo.ts";
import { serveEcho } from "../../fixtures/servers.ts";
import {
  connect,
  connectUpstreams,
  type DnsDiscoveryOptions,
  dnsDiscovery,
  type Replica,
  staticDiscovery,
} from "../index.ts";

/** Watches orders until the test ends. Returns the lists of addresses that it got. */
function watchOrders(options: DnsDiscoveryOptions) {
  const lists: string[][] = [];
  const discovery = dnsDiscovery({ orders: "orders.svc:7001" }, options);
  const stop = discovery.watch("orders", (replicas) => lists.push(addressesOf(replicas)));
  onTestFinished(stop);
  return { lists, stop };
}

function addressesOf(replicas: readonly Replica[]): string[] {
  return replicas.map(({ address }) => address);
}

test("static replicas are known immediately, each once; of another name there are none", () => {
  const lists: string[][] = [];
  const discovery = staticDiscovery({ test: ["a:1", "b:1", "a:1"] });
  for (const name of ["test", "other", "toString"]) discovery.watch(name, (list) => lists.push(addressesOf(list)));
  expect(lists).toEqual([["a:1", "b:1"], [], []]);
});

test("a host is looked up again and again, and each change is reported once", async () => {
  let addresses = ["10.0.0.2", "10.0.0.1"];
  let lookups = 0;
  const lookup = async () => {
    lookups += 1;
    return addresses.toReversed();
  };
  const { lists, stop } = watchOrders({ intervalMs: 5, lookup });
  const other = watchOrders({ intervalMs: 5, lookup });
  await expect.poll(() => lookups).toBeGreaterThan(3);
  expect(lists).toEqual([["10.0.0.1:7001", "10.0.0.2:7001"]]);
  addresses = ["10.0.0.2", "::1"];
  await expect.poll(() => lists[1]).toEqual(["10.0.0.2:7001", "[::1]:7001"]);
  stop();
  addresses = ["10.0.0.3"];
  await expect.poll(() => other.lists[2]).toEqual(["10.0.0.3:7001"]);
  expect(lists).toHaveLength(2);
});

test("lookups that fail or find nothing keep the known addresses, and leave a line each way", async () => {
  const results = [["10.0.0.1"], new Error("ENOTFOUND"), [], ["10.0.0.1"], ["10.0.0.9"]];
  const lookup = async () => {
    const result = results.length > 1 ? results.shift() : results[0];
    if (!Array.isArray(result)) throw result;
    return result;
  };
  const { log, lines } = capturedLog();
  const { lists } = watchOrders({ intervalMs: 1, lookup, log });
  await expect.poll(() => lists).toEqual([["10.0.0.1:7001"], ["10.0.0.9:7001"]]);
  expect(lines).toMatchObject([
    { level: 40, upstream: "orders", host: "orders.svc", reason: "ENOTFOUND", msg: "a lookup of the replicas failed" },
    { level: 30, upstream: "orders", msg: "the replicas can be looked up again" },
  ]);
});

test("calls reach a service whose host the system looks up, and wait for the first answer", async () => {
  const { port } = await serveEcho();
  const direct = connect(EchoService, { address: `dns:localhost:${port}` });
  onTestFinished(() => direct.close());
  expect(await direct.client.unary({ text: "found" })).toMatchObject({ text: "found" });
  const upstreams = connectUpstreams({ echo: EchoService }, { test: [`dns:///localhost:${port}`] });
  onTestFinished(() => upstreams.close());
  await upstreams.ready(AbortSignal.timeout(10_000));
});

test("a bad host, and an unknown name, are errors that name them", () => {
  expect(() => dnsDiscovery({ orders: "orders.svc" })).toThrow(
    'the host of orders must be host:port, got "orders.svc"',
  );
  expect(() => dnsDiscovery({}).watch("orders", () => {})).toThrow("orders has no host to look up");
  const mixed = { test: ["dns:a:1", "b:1"] };
  expect(() => connectUpstreams({ echo: EchoService }, mixed)).toThrow("test has an address with dns: and others");
  expect(() => connectUpstreams({ echo: EchoService }, {})).toThrow("test has no address");
});
