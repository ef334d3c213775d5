import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { openClone } from "../../fixtures/clone.ts";
import { familyOf, processesOf } from "../../fixtures/leftovers.ts";

const patience = { timeout: 60_000, interval: 20 };
vi.setConfig({ testTimeout: 240_000 });
const servers = [process.execPath, fileURLToPath(new URL("../../fixtures/turbo-dev.mjs", import.meta.url))];
const meshDev = fileURLToPath(new URL("../../bin/mesh-dev.js", import.meta.url));

test("an app runs until the process that requested it ends, which its crash does not end", async () => {
  await using clone = await openClone();
  using alpha = requestApp(join(clone.root, "services/alpha"));
  const mesh = clone.run({}, servers);
  await mesh.ready();
  expect(mesh.output()).toMatch(/^ {2}alpha +\d/m);
  expect(mesh.output()).not.toMatch(/^ {2}beta/m);
  expect(mesh.output()).toMatch(/^alpha is ready after [\d.]+ s$/m);

  await mesh.ask("alpha", "/crash").catch(() => {});
  await vi.waitFor(() => expect(alpha.output()).toContain("crashed (exit code 7); restarting it in 0.5 s"), patience);
  await clone.save("services/alpha/src/greeting.ts", "export const greeting = (name: string) => name;\n");
  await vi.waitFor(async () => expect(await mesh.ask("alpha")).toMatchObject({ greeting: "alpha" }), patience);

  alpha.process.kill("SIGKILL");
  await vi.waitFor(() => expect(processesOf(join(clone.root, "services"))).toEqual([]), patience);
  await mesh.says(" Stop");
});

test("all replicas of an app run for the process that requested it, and end with it", async () => {
  await using clone = await openClone();
  using alpha = requestApp(join(clone.root, "services/alpha"));
  const mesh = clone.run({ MESH_REPLICAS: "alpha=2" }, servers);
  await mesh.ready();
  expect(mesh.output()).toMatch(/^ {2}alpha-1 +\d.*\n {2}alpha-2 +\d/m);
  expect(mesh.output()).toMatch(/^alpha is ready after [\d.]+ s$/m);
  await mesh.ask("alpha-2", "/crash").catch(() => {});
  await vi.waitFor(() => expect(alpha.output()).toContain("alpha-2 │ crashed (exit code 7)"), patience);
  alpha.process.kill("SIGKILL");
  await vi.waitFor(() => expect(processesOf(join(clone.root, "services"))).toEqual([]), patience);
});

test("the process that requested an app ends with the mesh", async () => {
  await using clone = await openClone();
  const mesh = clone.run({}, servers);
  using gateway = requestApp(join(clone.root, "gateway"));
  await mesh.ready();
  await mesh.end("SIGKILL");
  await vi.waitFor(() => expect(gateway.process.exitCode).toBe(0), patience);
});

test("the mesh ends after a kill of npm, or of the shell that npm uses", async () => {
  await using clone = await openClone();
  const [node = "", script = ""] = servers;
  const shell = clone.run({}, ["sh", "-c", `"${node}" "${script}"; true`]);
  await shell.says("✓ NATS and PostgreSQL");
  const family = familyOf(shell.process.pid ?? 0);
  expect(family.length).toBeGreaterThan(2);
  await shell.end("SIGKILL");
  await vi.waitFor(() => expect(processesOf(clone.root)).toEqual([]), patience);
});

/** Runs mesh-dev in the folder of an app. */
function requestApp(folder: string) {
  const child = spawn(process.execPath, [meshDev], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  return { process: child, output: () => output, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}
