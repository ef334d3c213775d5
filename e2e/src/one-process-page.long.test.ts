import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OrderStatus } from "@mesh/contracts/orders/v1";
import { expect, it, onTestFinished } from "vitest";
import { type Clone, openClone } from "./clone.ts";
import { cookieJar, createShopper, orderOf } from "./shopper.ts";

const page = join(import.meta.dirname, "../../docs/one-process.md");

/** The commands of a section, without their comments. */
async function commandsOf(section: string): Promise<string[]> {
  const [, text = ""] = (await readFile(page, "utf8")).split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  const blocks = [...own.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block.trimEnd().split("\n"));
  return blocks.flat().map((line) => line.replace(/\s+#.*/, ""));
}

/** Runs a command of the page in a clone until the mesh is ready. Returns the addresses of its processes, and what ends it. */
async function run(clone: Clone, command: string) {
  const [program = "", ...args] = command.split(" ");
  const env = { ...process.env, GATEWAY_PORT: "0", WEB_PORT: "0", CONSOLE_PORT: "0" };
  const child: ChildProcess = spawn(program, args, { cwd: clone.root, env, detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const gone = once(child, "exit");
  const signal = (name: NodeJS.Signals) => process.kill(-(child.pid ?? Number.NaN), name);
  onTestFinished(() => void (child.exitCode === null && child.signalCode === null && signal("SIGKILL")));
  const until = async (text: RegExp) => {
    const ended = gone.then(() => Promise.reject(new Error(output)));
    await Promise.race([ended, expect.poll(() => output, { timeout: 120_000 }).toMatch(text)]);
  };
  await until(/ is ready after |Only a part/);
  const { apps } = JSON.parse(await readFile(join(clone.root, ".mesh/run.json"), "utf8"));
  return {
    apps: apps as Readonly<Record<string, string>>,
    async end() {
      signal("SIGINT");
      await gone;
    },
  };
}

/** The address of the gateway, whatever its process is named. */
const gatewayOf = (apps: Readonly<Record<string, string>>) =>
  Object.entries(apps).find(([name]) => name === "mono" || name.split("+").includes("gateway"))?.[1] ?? "";

it("a service gets its own process, as the page says, and what was there goes on", async () => {
  await using clone = await openClone();
  const commands = await commandsOf("Move a service to its own process");
  expect(commands).toEqual(["npm run mono", "npm run mono -- catalog+inventory+orders+gateway"]);
  const jar = cookieJar();
  const orders: string[] = [];
  const layouts: string[][] = [];
  for (const command of commands) {
    const { apps, end } = await run(clone, command);
    layouts.push(Object.keys(apps).filter((name) => name !== "web"));
    const shopper = createShopper(gatewayOf(apps), { jar });
    const { products } = await shopper.catalog.listProducts.query({ pageSize: 1 });
    const items = products.map(({ id }) => ({ productId: id, quantity: 1 }));
    const { order } = await shopper.orders.placeOrder.mutate(orderOf(items));
    orders.push(order?.id ?? "");
    for (const id of orders) {
      const statusOf = async () => (await shopper.orders.getOrder.query({ id })).order?.status;
      await expect.poll(statusOf).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
    }
    await end();
  }
  expect(layouts).toEqual([["mono"], ["catalog+inventory+orders+gateway", "payments"]]);
  // No line of a service has changed.
  expect(await clone.changes()).toEqual([]);
});

it("the build of one process runs in production mode, as the page says", async () => {
  await using clone = await openClone();
  const [build = "", preview = ""] = await commandsOf("Deploy it");
  const [program = "", ...args] = build.split(" ");
  const { code, output } = await clone.call(program, args);
  expect([code, output]).toEqual([0, expect.stringMatching(/dist\/mono\s.*ORDERS_DATABASE_URL.* COOKIE_SECRET/)]);
  const { apps, end } = await run(clone, preview);
  expect(Object.keys(apps)).toEqual(["mono"]);
  const response = await fetch(`${gatewayOf(apps)}/v1/products?page_size=1`);
  expect((await response.json()).products).toHaveLength(1);
  expect(await (await fetch(gatewayOf(apps))).text()).toMatch(/^<!doctype html>/i);
  await end();
  expect(await clone.changes()).toEqual([]);
});
