import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openClone } from "../../fixtures/clone.ts";

const run = promisify(execFile);
const meshBuild = fileURLToPath(new URL("../../bin/mesh-build.js", import.meta.url));

test("mesh-build bundles the app in the current folder, and fails with file and line of an error", async () => {
  await using clone = await openClone();
  const folder = join(clone.root, "services/alpha");
  await clone.save("services/alpha/package.json", `{ "name": "alpha", "version": "0.1.0" }`);
  await run(process.execPath, [meshBuild], { cwd: folder });
  expect(existsSync(join(folder, "dist/main.js"))).toBe(true);

  await clone.save("services/alpha/src/greeting.ts", "export const greeting = );\n");
  await expect(run(process.execPath, [meshBuild], { cwd: folder })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("src/greeting.ts:1:25: Unexpected"),
  });
});
