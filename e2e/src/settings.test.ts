import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PaymentService } from "@mesh/contracts/payments/v1";
import { createBundler, freePort, keepProcess } from "@mesh/dev";
import { connect } from "@mesh/rpc";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
/** The example of docs/settings.md, as a service of its own. */
let folder: string;

beforeAll(async () => {
  // Inside of the repository, so that the example imports its packages.
  folder = await mkdtemp(join(root, "e2e/.examples-"));
  const page = await readFile(join(root, "docs/settings.md"), "utf8");
  const [, code = ""] = /## Add a setting.*?```ts\n(.*?)```/s.exec(page) ?? [];
  const main =
    'import { start } from "@mesh/service";\nimport { payments } from "./payments.ts";\n\nawait start(payments);\n';
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "src/payments.ts"), code);
  await writeFile(join(folder, "src/main.ts"), main);
  await writeFile(join(folder, "tsconfig.json"), '{ "extends": "../../tsconfig.base.json", "include": ["src"] }');
  expect((await createBundler(root, folder).build()).errors).toEqual([]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the service. `output` is what it has printed so far. */
async function run(env: NodeJS.ProcessEnv) {
  const port = String(await freePort());
  const child = spawn(process.execPath, [join(folder, ".mesh/main.js")], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env.PATH, PORT: port, ...env },
  });
  keepProcess(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (output += data));
  return { child, address: `127.0.0.1:${port}`, output: () => output };
}

test("the example compiles as it stands", async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch((error) => error);
  expect(stdout).toBe("");
});

test.each([
  [{}, "REVIEW_KEY is not set; expected: the key of the review system, at least 16 characters"],
  [{ REVIEW_KEY: "too short" }, "REVIEW_KEY is set, but not usable (its value is not shown); expected: the key of"],
])("the example ends at the start with %j", async (env, message) => {
  const { child, output } = await run(env);
  expect(await once(child, "close")).toEqual([2, null]);
  expect(output()).toContain(message);
  expect(output()).not.toContain("too short");
});

test.each(["REVIEW_KEY", "REVIEW_KEY_FILE"])("the handler of the example gets the value of %s", async (variable) => {
  const file = join(folder, "review-key");
  await writeFile(file, "0123456789abcdef\n");
  const { child, address, output } = await run({ [variable]: variable === "REVIEW_KEY" ? "0123456789abcdef" : file });
  await once(child, "message");
  const upstream = connect(PaymentService, { address });
  const orderId = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
  await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject({ reason: "PAYMENT_NOT_FOUND" });
  await upstream.close();
  child.kill("SIGTERM");
  await once(child, "close");
  expect(output()).toMatch(/"length":16,"msg":"the handler has the key"/);
});
