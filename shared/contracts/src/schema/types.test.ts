import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const contracts = fileURLToPath(new URL("../..", import.meta.url));
const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));

test("a project that uses a contract does not make the compiler read what parses", async () => {
  const args = [tsc, "--ignoreConfig", "--listFilesOnly", "--module", "nodenext", "gen/testing/orders/v1/index.d.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: contracts });
  const names = stdout.split("\n").map((file) => file.split("contracts/src/schema/")[1]);
  expect(names).toContain("types.ts");
  expect(names.filter((name) => name?.startsWith("rules/") || name === "message.ts")).toEqual([]);
});
