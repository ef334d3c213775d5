import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { findEntries } from "./entries.ts";
import { writeScripts } from "./scripts.ts";

const root = join(import.meta.dirname, "../../../..");

test("everything that the client exports is at most 15 kB, with tRPC, minified and by gzip", async () => {
  const out = await mkdtemp(join(tmpdir(), "typemesh-size-"));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  await writeScripts(root, await findEntries(root), out);
  const { outputFiles } = await build({
    entryPoints: [join(out, "index.js")],
    nodePaths: [join(root, "node_modules")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  expect(gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length).toBeLessThanOrEqual(15_000);
});
