import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/jobs.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code = ""]) => code);

test("docs/jobs.md shows the contract of the example", async () => {
  const contract = await readFile(join(root, "proto/catalog/v1/catalog.proto"), "utf8");
  expect(blocks("proto")).toHaveLength(1);
  for (const block of blocks("proto")) expect(contract).toContain(block);
});

test("the code of docs/jobs.md compiles, with the schema that it shows", async () => {
  const [schema = "", ...others] = blocks("ts");
  expect(schema).toContain("@mesh/jobs/tables");
  expect(others.length).toBeGreaterThan(4);
  // Inside of the package, so that the code finds what it imports.
  const parent = join(import.meta.dirname, "../.examples-jobs");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "snippets-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "schema.ts"), schema);
  await Promise.all(others.map((code, index) => writeFile(join(folder, `snippet-${index + 1}.ts`), code)));
  const config = { extends: "../../tsconfig.json", include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: folder }).catch(
    (error) => error,
  );
  expect(stdout).toBe("");
});
