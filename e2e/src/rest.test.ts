import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { inWordsOf, jsonValues, type Step, stepsOf } from "./walk.ts";

const page = join(import.meta.dirname, "../../docs/rest.md");
/** Separates the outputs of the steps. */
const cut = "---- next step ----";

let mesh: RunningMesh;
let folder: string;

beforeAll(async () => {
  mesh = await startMesh({ seed: true });
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "typemesh-rest-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

afterAll(() => mesh?.close());

/** Runs all steps in one shell, because they share variables, and returns the output of each. */
async function run(steps: readonly Step[]): Promise<string[]> {
  const commands = steps.map((step) => step.commands.replaceAll("http://localhost:4000", mesh.gatewayUrl));
  const child = spawn("sh", ["-u"], { cwd: folder, env: { PATH: process.env.PATH } });
  child.stdin.end(commands.join(`\necho '${cut}'\n`));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(errors).toBe("");
  return output.split(`${cut}\n`);
}

/** Runs the steps as a new customer, at most three times: on a slow machine an order can be confirmed before it is cancelled. */
async function runInTime(steps: readonly Step[]): Promise<string[]> {
  const tooLate = "The order is confirmed and can no longer be cancelled.";
  for (let attempt = 1; ; attempt++) {
    const outputs = await run(steps);
    const isTooLate = outputs.some(
      (output, index) => output.includes(tooLate) && !steps[index]?.output.includes(tooLate),
    );
    if (!isTooLate || attempt === 3) return outputs;
    await rm(join(folder, "jar"), { force: true });
  }
}

it("the walk-through with curl works as documented, step by step", { timeout: 180_000 }, async () => {
  const steps = stepsOf(await readFile(page, "utf8"));
  const outputs = await runInTime(steps);
  expect(outputs).toHaveLength(steps.length);
  const ids = new Map<string, string>();
  for (const [index, { commands, output }] of steps.entries()) {
    const said = jsonValues(output);
    const seen = inWordsOf(said, jsonValues(outputs[index] ?? ""), ids);
    expect({ commands, output: seen }).toEqual({ commands, output: said });
  }
});
