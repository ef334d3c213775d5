import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compilerPaths, resolveWorkspace } from "./workspace.ts";

const root = join(import.meta.dirname, "../../../..");

it("resolves the exports of packages", () => {
  expect(resolveWorkspace(root, "@mesh/contracts")).toBe("shared/contracts/src/index.ts");
  expect(resolveWorkspace(root, "@mesh/contracts/testing/orders/v1")).toBe(
    "shared/contracts/gen/testing/orders/v1/index.d.ts",
  );
  expect(resolveWorkspace(root, "@mesh/gateway")).toBe("gateway/src/router.ts");
});

it("rejects packages that are not for clients, and missing exports", () => {
  expect(() => resolveWorkspace(root, "@mesh/store")).toThrow("which is not for clients");
  expect(() => resolveWorkspace(root, "@mesh/rpc/client")).toThrow("has no export for @mesh/rpc/client");
});

it("returns paths of existing files", () => {
  const plain = Object.entries(compilerPaths(root)).filter(([name]) => !name.includes("*"));
  expect(plain.map(([, [file = ""]]) => existsSync(file))).not.toContain(false);
});
