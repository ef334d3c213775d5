import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformer } from "@mesh/contracts/transformer";
import { buildApps, startMesh } from "@mesh/testing";
import { createTRPCUntypedClient, httpLink } from "@trpc/client";
import { expect, it, onTestFinished } from "vitest";
import { createProject, writeProject } from "../fixtures/new-project.ts";
import { callIn, openClone } from "./clone.ts";

const repository = join(import.meta.dirname, "../..");
const program = join(repository, "tools/create/bin/create-typemesh.mjs");

function call(root: string, ...args: readonly string[]) {
  return callIn(root, "npm", ["run", "--silent", ...args]);
}

it("the smallest project passes its checks, builds, and answers through its gateway", async () => {
  const root = await createProject();
  expect(await call(root, "check")).toMatchObject({
    code: 0,
    output: expect.stringMatching(/checks passed, 0 failed/),
  });
  expect(await call(root, "build")).toMatchObject({ code: 0 });
  await buildApps(root);
  const mesh = await startMesh({ root });
  onTestFinished(() => mesh.close());
  const page = createTRPCUntypedClient({ links: [httpLink({ url: `${mesh.gatewayUrl}/trpc`, transformer })] });
  expect(await page.query("greeter.greet", { name: "Ada" })).toEqual({ text: "Hello, Ada!" });
  const lines = (await readFile(join(root, "web/src/main.ts"), "utf8")).trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(30);
}, 900_000);

it("a project without services passes its checks, starts, and takes a first service", async () => {
  const root = await createProject(["--example", "none"]);
  expect(await call(root, "check")).toMatchObject({
    code: 0,
    output: expect.stringMatching(/checks passed, 0 failed/),
  });
  const args = ["gen", "--", "service", "reviews", "--exposed"];
  expect(await call(root, ...args)).toMatchObject({ code: 0, output: expect.stringContaining("services/reviews") });
  expect(await call(root, "check")).toMatchObject({
    code: 0,
    output: expect.stringMatching(/checks passed, 0 failed/),
  });
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "services/", "gateway/src/settings.test.ts"];
  expect(await callIn(root, process.execPath, vitest)).toMatchObject({ code: 0 });
  await buildApps(root);
  const mesh = await startMesh({ root });
  onTestFinished(() => mesh.close());
  const response = await fetch(`${mesh.gatewayUrl}/v1/reviews`);
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ reviews: [] })]);
}, 900_000);

it("names the project, records its version, and contains nothing of the shop", async () => {
  const root = await writeProject(["--example", "none"]);
  const { name, typemesh } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  expect({ name, typemesh }).toEqual({ name: "acme", typemesh: { version: expect.any(String), example: "none" } });
  expect(await readFile(join(root, "README.md"), "utf8")).toMatch(/^# acme\n/);
  const workflow = await readFile(join(root, ".github/workflows/ci.yml"), "utf8");
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const called = [...workflow.matchAll(/npm run (\S+)/g)].map(([, script = ""]) => script);
  expect([called.length > 0, called.filter((script) => !scripts[script])]).toEqual([true, []]);
  const { output } = await callIn(root, "git", ["ls-files"]);
  expect(
    output.split("\n").filter((path) => /^(services\/(?!README)|web|e2e|bench|proto\/(?!mesh))/.test(path)),
  ).toEqual([]);
  expect((await callIn(root, "git", ["log", "--format=%s"])).output).toMatch(/^Start acme from Typemesh \d/);
}, 300_000);

it("rejects names, folders and arguments that can't be used, and writes nothing", async () => {
  const parent = await mkdtemp(join(tmpdir(), "typemesh-create-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  for (const [args, code, text] of [
    [["My Project"], 1, '"My Project" can\'t be the name of a project'],
    [["."], 1, "is not empty"],
    [[], 2, "the folder is missing"],
    [["acme", "--example", "blog"], 2, 'there is no example "blog": use none, minimal, shop'],
    [["acme", "other"], 2, 'unexpected argument "other"'],
    [["acme", "--exmaple", "none"], 2, "Unknown option '--exmaple'"],
  ] as const) {
    const cwd = args[0] === "." ? join(repository, "tools/create/src") : parent;
    const { code: found, output } = await callIn(cwd, process.execPath, [program, ...args]);
    expect([args, found, output]).toEqual([args, code, expect.stringContaining(text)]);
  }
  expect((await callIn(parent, "ls", ["-A"])).output).toBe("");
});

it("eject-example removes the shop from a clone, and keeps what the team has added", async () => {
  await using clone = await openClone();
  const gen = ["run", "--silent", "gen", "--", "service", "reviews", "--exposed"];
  expect(await clone.call("npm", gen)).toMatchObject({ code: 0 });
  const eject = ["run", "--silent", "eject-example"];
  expect(await clone.call("npm", eject)).toMatchObject({ code: 1, output: expect.stringContaining("commit or stash") });
  const needing = join(clone.root, "services/reviews/src/product.ts");
  await writeFile(needing, 'export type { Product } from "@mesh/contracts/catalog/v1";\n');
  await clone.commit();
  expect(await clone.call("npm", eject)).toEqual({
    code: 1,
    output: "these files need the shop: change or remove them first\n  services/reviews/src/product.ts\n",
  });
  expect(await clone.changes()).toEqual([]);

  await rm(needing);
  await clone.commit();
  const ejected = await clone.call("npm", [...eject]);
  expect(ejected).toMatchObject({ code: 0, output: expect.stringContaining("The shop is gone") });
  expect(await clone.call("npm", ["run", "--silent", "check"])).toMatchObject({
    code: 0,
    output: expect.stringMatching(/checks passed, 0 failed/),
  });
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "services/", "gateway/src/gateway.test.ts"];
  expect(await clone.call(process.execPath, vitest)).toMatchObject({ code: 0 });
  const again = await clone.call(process.execPath, ["tools/create/bin/eject-example.mjs"]);
  expect(again).toEqual({ code: 1, output: "there is no shop to remove\n" });
}, 900_000);
