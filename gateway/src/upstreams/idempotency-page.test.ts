import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf } from "../../fixtures/services.ts";

const root = join(import.meta.dirname, "../../..");

/** Makes a folder inside of the package, so that the snippet finds what it imports. */
async function testFolder(): Promise<string> {
  const parent = join(root, "gateway/dist");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "snippets-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it("the first snippet of docs/idempotency.md compiles, and calls the service once", async () => {
  let calls = 0;
  const cancelOrder = async ({ id }: { id: string }) => {
    calls += 1;
    return { order: orderOf(id, idOf(1), idOf(calls)) };
  };
  const { url } = await startMesh({ orders: { cancelOrder } });
  const [, code = ""] = /^```ts\n(.*?)^```/ms.exec(await readFile(join(root, "docs/idempotency.md"), "utf8")) ?? [];
  const folder = await testFolder();
  const file = join(folder, "snippet.ts");
  // Its gateway offers the contracts of the tests, whatever those of the project are.
  const own = code.replace('"@mesh/gateway"', '"../../fixtures/router.ts"');
  await writeFile(file, own.replace("http://localhost:4000", url));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const compiling = promisify(execFile)(process.execPath, [tsc, "-p", folder, "--noEmit"]).catch((error) => error);
  expect((await compiling).stdout).toBe("");

  const printed: unknown[][] = [];
  vi.spyOn(console, "info").mockImplementation((...values) => void printed.push(values));
  await import(file).finally(() => vi.restoreAllMocks());
  expect(printed.map(([attempt]) => attempt)).toEqual(["first", "second"]);
  expect(printed[1]?.[1]).toEqual(printed[0]?.[1]);
  expect(calls).toBe(1);
});
