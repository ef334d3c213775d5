import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("turbo dev passes every setting on to the mesh, and caches nothing of it", () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh turbo "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  cpSync(join(root, "turbo.json"), join(folder, "turbo.json"));
  write(folder, "package.json", { name: "mesh", private: true, packageManager: "npm@11.0.0", workspaces: ["tools/*"] });
  write(folder, "package-lock.json", { name: "mesh", lockfileVersion: 3, packages: {} });
  write(folder, "tsconfig.base.json", {});
  const dev = `node -e "console.log('REVIEW_KEY is', process.env.REVIEW_KEY)"`;
  write(folder, "tools/dev/package.json", { name: "@mesh/dev", version: "0.1.0", scripts: { dev } });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const env = { ...process.env, REVIEW_KEY: "a key", TURBO_TELEMETRY_DISABLED: "1" };
  const turbo = join(root, "node_modules/turbo/bin/turbo");
  const { stdout, stderr } = spawnSync(process.execPath, [turbo, "run", "dev"], { cwd: folder, env, encoding: "utf8" });
  expect(stdout + stderr).toContain("REVIEW_KEY is a key");
});

function write(folder, path, content) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(content));
}
