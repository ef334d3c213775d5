import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildApps, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, expect, it } from "vitest";
import { type Clone, openClone } from "./clone.ts";
import { edit, type Instruction, instructionsOf } from "./follow.ts";
import { inWordsOf, jsonValues } from "./walk.ts";

let clone: Clone;
let mesh: RunningMesh | undefined;

afterAll(async () => {
  await mesh?.close();
  await clone?.[Symbol.asyncDispose]();
});

it("the tutorial works as it is written, command by command", async () => {
  clone = await openClone();
  const page = await readFile(join(clone.root, "docs/tutorial.md"), "utf8");
  for (const instruction of instructionsOf(page)) {
    if (instruction.kind !== "commands") await edit(clone.root, instruction);
    else if (instruction.text === "npm start\n") mesh = await start();
    else await run(instruction);
  }
  const files = [
    "services/reviews/dist/main.js",
    "deploy/dist/compose/compose.yaml",
    "deploy/dist/kubernetes/base/reviews.yaml",
  ];
  for (const file of files) expect(await readFile(join(clone.root, file), "utf8")).not.toBe("");
}, 1_800_000);

/** Starts the mesh on ports of its own, as `npm start` does on those of the page. */
async function start(): Promise<RunningMesh> {
  await buildApps(clone.root);
  return startMesh({ root: clone.root, seed: true });
}

/** The variables of the shell, which later commands use. */
const variables = new Map<string, string>();
/** The ids of the page by those of the run. */
const ids = new Map<string, string>();

async function run({ text, output }: Extract<Instruction, { kind: "commands" }>): Promise<void> {
  const commands = text.replaceAll("http://localhost:4000", mesh?.gatewayUrl ?? "http://localhost:4000");
  const print = '\necho "product=$product" >&2\n';
  const called = await clone.call("sh", ["-e", "-c", `${commands}${print}`], Object.fromEntries(variables));
  expect([commands, called]).toEqual([commands, expect.objectContaining({ code: 0 })]);
  variables.set("product", /product=(.*)$/m.exec(called.output)?.[1] ?? "");
  if (output === undefined) return;
  const json = called.output.replace(/product=.*\n$/, "");
  const said = jsonValues(output);
  expect({ commands, output: inWordsOf(said, jsonValues(json), ids) }).toEqual({ commands, output: said });
}
