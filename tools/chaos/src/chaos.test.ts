import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const program = join(import.meta.dirname, "../bin/chaos.mjs");

function chaos(...args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

test("a short run finds nothing, and prints one line and a picture", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mesh-chaos-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const svg = join(folder, "run.svg");
  const args = ["--orders", "250", "--faults", "30", "--seed", "38", "--rate", "10", "--longest", "3"];
  const { stdout, stderr } = await chaos(...args, "--svg", svg, "--json");
  const { I6: late, ...violations } = JSON.parse(stdout).violations;
  const none = { I1: 0, I2: 0, I3: 0, I4: 0, I5: 0, I7: 0, I8: 0, I9: 0 };
  expect([violations, stderr]).toEqual([none, expect.stringContaining("30 faults")]);
  // It depends on the statements of the relay.
  expect(stderr).toMatch(/kill -9 after publish before mark$/m);
  // A busy machine responds late.
  expect(late).toBeGreaterThanOrEqual(0);
  expect(JSON.parse(stdout)).toMatchObject({ orders: 250, faults: 30 });
  expect(await readFile(svg, "utf8")).toMatch(/^<svg .*kill -9/s);
}, 900_000);

test.each([
  [["--orders", "0"], '--orders must be a whole number of at least 1, got "0"'],
  [["--break", "all"], "--break must be one of inbox, message-ids, outbox-connection, order-lock"],
  [["--fault", "1"], "Unknown option '--fault'"],
])("%j is rejected", async (args, message) => {
  expect(await chaos(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
