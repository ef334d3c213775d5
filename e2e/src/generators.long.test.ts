import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Clone, openClone } from "./clone.ts";

let clone: Clone;

beforeAll(async () => {
  clone = await openClone();
});

afterAll(() => clone?.[Symbol.asyncDispose]());

describe("what is refused", () => {
  afterEach(async () => expect(await clone.changes()).toEqual([]));

  it("changes nothing, and is said where it was asked by turbo", async () => {
    const { output } = await clone.call("npx", [
      "turbo",
      "gen",
      "rpc",
      "--args",
      "orders",
      "PlaceOrder",
      "query",
      "nobody",
    ]);
    expect(output).toMatch(/proto\/orders\/v1\/orders.proto:\d+:3: OrderService already has PlaceOrder/);
  }, 240_000);

  it("by a step after it was written leaves no trace", async () => {
    const script = join(clone.root, "shared/store/bin/mesh-migration.mjs");
    await rename(script, `${script}.away`);
    const { code, output } = await clone.call("npm", ["run", "--silent", "gen", "--", "service", "greeter"]);
    await rename(`${script}.away`, script);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining("the first migration can't be written, so nothing was"),
    ]);
    expect(existsSync(join(clone.root, "shared/contracts/gen/greeter/v1/index.js"))).toBe(false);
  }, 240_000);
});

describe("what is interrupted", () => {
  it("leaves no trace", async () => {
    const args = [join(clone.root, "tools/scaffold/bin/mesh-gen.mjs"), "service", "greeter"];
    // A group of its own, as Ctrl-C ends all that a terminal runs.
    const child = spawn(process.execPath, args, { cwd: clone.root, detached: true, stdio: "ignore" });
    const gone = once(child, "exit");
    await expect.poll(() => existsSync(join(clone.root, "services/greeter/src/main.ts")), { interval: 5 }).toBe(true);
    process.kill(-(child.pid ?? Number.NaN), "SIGINT");
    expect(await gone).toEqual([1, null]);
    expect(await clone.changes()).toEqual([]);
  }, 240_000);
});

describe("what turbo generates", () => {
  it("is written without a network, and passes all checks and its own tests", async () => {
    for (const asked of [
      ["service", "--args", "greeter", "Greet", "yes", "yes", "auto", "none", "none"],
      ["rpc", "--args", "greeter", "Follow", "stream", "anyone"],
      ["event", "--args", "greeter", "Missed", "id", "Miss", "orders", "nobody"],
      ["job", "--args", "greeter", "SendLater", "Send", "nobody"],
      ["error", "--args", "greeter", "TOO_FAR", "OUT_OF_RANGE", "metres", "Greet"],
    ]) {
      const { output } = await clone.call("npx", ["turbo", "gen", ...asked], { npm_config_offline: "true" });
      // Turbo exits with 0 even if a generator fails.
      expect(output).toContain("Success!");
    }
    expect(await clone.call("npm", ["run", "--silent", "check"])).toMatchObject({ code: 0 });
    const vitest = join(clone.root, "node_modules/vitest/vitest.mjs");
    expect(await clone.call(process.execPath, [vitest, "run", "services/greeter"])).toMatchObject({ code: 0 });
  }, 400_000);
});
