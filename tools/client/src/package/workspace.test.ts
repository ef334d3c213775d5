import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compilerPaths, resolveWorkspace } from "./workspace.ts";

const root = join(import.meta.dirname, "../../../..");

it("finds what the packages export", () => {
  expect(resolveWorkspace(root, "@mesh/contracts")).toBe("shared/contracts/src/index.ts");
  expect(resolveWorkspace(root, "@mesh/contracts/orders/v1")).toBe("shared/contracts/gen/orders/v1/index.d.ts");
  expect(resolveWorkspace(root, "@mesh/gateway")).toBe("gateway/src/router.ts");
});

it("refuses what is not for clients, and what is not exported", () => {
  expect(() => resolveWorkspace(root, "@mesh/store")).toThrow("which is not for clients");
  expect(() => resolveWorkspace(root, "@mesh/rpc/client")).toThrow("has no export for @mesh/rpc/client");
});

it("leads the compiler to files that are there", () => {
  const plain = Object.entries(compilerPaths(root)).filter(([name]) => !name.includes("*"));
  expect(plain.map(([, [file = ""]]) => existsSync(file))).not.toContain(false);
});
