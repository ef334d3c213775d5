import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isPortFree } from "@mesh/dev";
import { expect, test, vi } from "vitest";

test("a killed run of tests leaves no server and no folder", async () => {
  const dir = await mkdtemp(join(tmpdir(), "mesh-run-"));
  const report = join(dir, "report");
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const run = spawn(process.execPath, [vitest, "run"], {
    cwd: fileURLToPath(new URL("../fixtures/", import.meta.url)),
    env: { ...process.env, REPORT: report, TMPDIR: dir, TMP: dir },
    stdio: "ignore",
  });

  // The file may be there before all of its text is.
  const urls = await vi.waitFor(async () => JSON.parse(await readFile(report, "utf8")) as string[], {
    timeout: 100_000,
  });
  run.kill("SIGKILL");

  const ports = urls.map((url) => Number(new URL(url).port));
  await vi.waitFor(async () => {
    expect(await Promise.all(ports.map((port) => isPortFree(port)))).toEqual([true, true]);
    expect((await readdir(dir)).filter((name) => name.startsWith("mesh-test-"))).toEqual([]);
  }, 10_000);
  await rm(dir, { recursive: true });
}, 240_000);
