import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "../bin/chaos.mjs");

/** Runs with a seed. Returns the exit code and the violations. */
function chaos(
  ...args: readonly string[]
): Promise<{ code: unknown; violations: Record<string, number>; report: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args, "--json"], (error, stdout, report) => {
      const { violations } = JSON.parse(stdout || "{}");
      resolve({ code: error ? error.code : 0, violations, report });
    });
  });
}

test.each([
  ["inbox", "11", ["--only", "crash"], ["I2", "I5"]],
  // Its signature has the id of a message, so an event without one is dead-lettered.
  ["message-ids", "11", ["--only", "crash"], ["I8"]],
  ["outbox-connection", "11", ["--only", "crash"], ["I2", "I3"]],
  ["order-lock", "13", ["--only", "slow", "--faults", "60", "--longest", "8", "--replicas", "2"], ["I5"]],
])(
  "without %s a run fails",
  async (part, seed, options, violated) => {
    const args = ["--orders", "300", "--faults", "30", "--seed", seed, "--rate", "10", "--break", part];
    const { code, violations, report } = await chaos(...args, ...options);
    expect([code, report]).toEqual([1, expect.any(String)]);
    expect([violated.some((name) => (violations[name] ?? 0) > 0), report]).toEqual([true, expect.any(String)]);
  },
  1_200_000,
);
