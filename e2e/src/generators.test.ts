import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { transformer } from "@mesh/contracts/transformer";
import { buildApps, type RunningMesh, startMesh } from "@mesh/testing";
import { createTRPCUntypedClient, httpLink } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clone, openClone } from "./clone.ts";
import { cookieJar } from "./shopper.ts";

let clone: Clone;
let mesh: RunningMesh | undefined;

beforeAll(async () => {
  clone = await openClone();
});

afterAll(async () => {
  await mesh?.close();
  await clone?.[Symbol.asyncDispose]();
});

/** Returns the commands of the README, each as its words. */
async function commands(): Promise<string[][]> {
  const readme = await readFile(join(clone.root, "README.md"), "utf8");
  return [...readme.matchAll(/^npm run gen -- .*$/gm)].map(([line]) => line.split(" "));
}

it("is rejected if it would consume an event that does not list it", async () => {
  const args = ["run", "--silent", "gen", "--", "service", "spies", "--consume", "OrderPlaced"];
  const { code, output } = await clone.call("npm", args);
  const reason = 'only payments may consume OrderPlaced: add "spies" to its consumers in proto/orders/v1/orders.proto';
  expect([code, output]).toEqual([1, expect.stringContaining(reason)]);
});

describe("a service that is generated, with an RPC, an event, a consumer and a job", () => {
  it("is written without a network", async () => {
    const offline = { npm_config_offline: "true" };
    for (const [command = "", ...args] of await commands()) {
      const { code, output } = await clone.call(command, args, offline);
      expect([code, output]).toEqual([0, expect.stringContaining("proto/")]);
    }
    // A start that follows has nothing to generate.
    expect((await clone.call(process.execPath, ["tools/dev/bin/generate.mjs"])).output).toBe("");
    const changed = (await clone.changes()).map((line) => line.slice(3));
    expect(changed.filter((path) => !/^(proto|services)\/(greeter|reviews)\//.test(path))).toEqual([
      "gateway/src/router.ts",
      "package-lock.json",
      "proto/orders/v1/orders.proto",
      "services/orders/src/service.ts",
      "services/payments/src/events.ts",
    ]);
  }, 900_000);

  it("passes all checks", async () => {
    const { code, output } = await clone.call("npm", ["run", "--silent", "check"]);
    expect([code, output]).toEqual([0, expect.stringMatching(/\d checks passed, 0 failed/)]);
  }, 900_000);

  it("passes its own tests", async () => {
    const vitest = join(clone.root, "node_modules/vitest/vitest.mjs");
    const { code, output } = await clone.call(process.execPath, [
      vitest,
      "run",
      "services/greeter",
      "services/reviews",
    ]);
    expect([code, output]).toEqual([0, expect.stringMatching(/Tests .* passed/)]);
  }, 480_000);

  it("installs as it is: the lockfile knows it", async () => {
    expect(await clone.call("npm", ["ci", "--dry-run", "--offline", "--ignore-scripts"])).toMatchObject({ code: 0 });
  }, 480_000);

  it("answers through the gateway, and its event is handled", async () => {
    await buildApps(clone.root);
    mesh = await startMesh({ root: clone.root });
    // No type here knows the service: that of the gateway is this repository's.
    const jar = cookieJar();
    const link = httpLink({
      url: `${mesh.gatewayUrl}/trpc`,
      transformer,
      fetch: (to, init) => jar.fetch(to as URL, init as RequestInit),
    });
    const page = createTRPCUntypedClient({ links: [link] });
    const call = (path: string, input: object) => page.mutation(path, input);
    expect(await page.query("orders.countOrders", { text: "Ada" })).toEqual({ text: "Ada" });
    expect(await call("greeter.greet", { text: "Ada" })).toEqual({ text: "Ada" });
    expect(await call("greeter.welcome", { name: "Ada" })).toEqual({});
    expect(await call("greeter.orderCard", { text: "Ada" })).toEqual({ id: expect.any(String) });
    await expect.poll(() => mesh?.apps.greeter?.output()).toMatch(/"text":"Ada".*"msg":"SendCard"/);
    const rest = `${mesh.gatewayUrl}/v1/reviews`;
    const review = { title: "Ada", text: "Good." };
    const headers = { "content-type": "application/json" };
    const created = await jar.fetch(new URL(rest), { method: "POST", headers, body: JSON.stringify(review) });
    expect(await created.json()).toMatchObject(review);
    const listed = await jar.fetch(new URL(`${rest}?page_size=1`), {});
    expect(await listed.json()).toMatchObject({ reviews: [review], nextPageToken: "" });
    await expect.poll(() => mesh?.apps.payments?.output()).toMatch(/"name":"Ada".*"msg":"Greeted"/);
    await expect(call("greeter.greet", { text: "" })).rejects.toMatchObject({ data: { code: "BAD_REQUEST" } });
  }, 480_000);
});
