import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connect } from "@mesh/rpc";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { putOnSale } from "./stock.ts";

const count = 700;
const waiting = { timeout: 60_000 };
let mesh: RunningMesh;

beforeAll(async () => {
  // Each watcher has an address of its own.
  mesh = await startMesh({ env: { PROXIES: "1" } });
});
afterAll(() => mesh?.close());

/** A customer who watches the stock of a product. */
interface Watcher {
  /** What has arrived, complete or not: a line for each stock. */
  text: string;
  hasEnded: boolean;
}

async function request(path: string, headers: Record<string, string>, agent: Agent): Promise<IncomingMessage> {
  const [response] = await once(get(`${mesh.gatewayUrl}${path}`, { agent, headers }), "response");
  return response;
}

/** Watches as a new customer, whose first response brings its cookie. */
async function watch(number: number, productId: string, agent: Agent): Promise<Watcher> {
  const path = `/v1/stockLevels:watch?productIds=${productId}`;
  const headers = { "x-forwarded-for": `10.0.${number >> 8}.${number & 255}` };
  const first = await request(path, headers, agent);
  first.resume();
  const [cookie = ""] = first.headers["set-cookie"]?.[0]?.split(";") ?? [];
  const response = await request(path, { ...headers, cookie }, agent);
  const watcher = { text: "", hasEnded: false };
  response.setEncoding("utf8").on("data", (chunk) => {
    watcher.text += chunk;
  });
  response.on("close", () => {
    watcher.hasEnded = true;
  });
  return watcher;
}

function numbersIn({ text }: Watcher): number[] {
  return [...text.matchAll(/"available":"(\d+)"/g)].map(([, available]) => Number(available));
}

test(`${count} customers who watch one product get its change once, and no stream ends`, async ({ annotate }) => {
  const productId = await putOnSale(mesh, "Watched", 5n);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  onTestFinished(() => agent.destroy());
  const began = performance.now();
  const watchers: Watcher[] = [];
  for (let number = 0; number < count; number += 50) {
    const next = Array.from({ length: 50 }, (_, index) => watch(number + index, productId, agent));
    watchers.push(...(await Promise.all(next)));
  }
  await expect.poll(() => watchers.filter((watcher) => numbersIn(watcher).length === 1), waiting).toHaveLength(count);
  const { client, close } = connect(InventoryService, {
    address: mesh.addressOf("inventory"),
    credentials: mesh.credentials,
  });
  onTestFinished(close);
  const opened = performance.now();
  await client.setStock({ counts: [{ productId, available: 4n }] });
  await expect.poll(() => watchers.filter((watcher) => numbersIn(watcher).length > 1), waiting).toHaveLength(count);
  const changed = performance.now();
  await client.setStock({ counts: [{ productId, available: 3n }] });
  await expect.poll(() => watchers.filter((watcher) => numbersIn(watcher).includes(3)), waiting).toHaveLength(count);
  expect(watchers.map(numbersIn)).toEqual(Array(count).fill([5, 4, 3]));
  expect(watchers.filter(({ text, hasEnded }) => hasEnded || text.includes('"error"'))).toEqual([]);
  await annotate(`opened in ${Math.round(opened - began)} ms, changed in ${Math.round(changed - opened)} ms`);
});
