import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { type Clone, openClone } from "../../fixtures/clone.ts";
import { processesOf } from "../../fixtures/leftovers.ts";

const meshBuild = join(import.meta.dirname, "../../bin/mesh-build.js");
const command = [process.execPath, join(import.meta.dirname, "../../fixtures/preview.mjs")];
const apps = ["services/alpha", "services/beta", "gateway"];
const patience = { timeout: 60_000, interval: 20 };

/** A program that responds with its environment, and ends as one in production does. */
const program = `import { createServer } from "node:http";
createServer((_request, response) => response.end(JSON.stringify({ ...process.env, argv: process.execArgv }))).listen(
  Number(process.env.PORT), process.env.HOST, () => process.send?.({ type: "ready" }));
process.once("SIGTERM", () => setTimeout(() => { console.log("closed in time"); process.exit(0); }, 100));
`;

async function built(clone: Clone): Promise<void> {
  for (const app of apps) {
    await clone.save(`${app}/package.json`, `{ "name": "${app}", "version": "0.1.0" }`);
    await clone.save(`${app}/src/main.ts`, program);
    await promisify(execFile)(process.execPath, [meshBuild], { cwd: join(clone.root, app) });
  }
  await mkdir(join(clone.root, "web/dist"));
  await clone.save("web/dist/index.html", "<!doctype html>");
}

test("runs the builds in production mode, ignores saves, and ends each process as in production", async () => {
  await using clone = await openClone();
  await built(clone);
  const mesh = clone.run({ MESH_REPLICAS: "gateway=2" }, command);
  await mesh.ready();
  expect(mesh.output()).toMatch(/The build for production is ready after [\d.]+ s/);
  const { apps: addresses, natsUrl } = JSON.parse(await clone.read(".mesh/run.json"));
  expect(Object.keys(addresses)).toEqual(["alpha", "beta", "gateway-1", "gateway-2"]);
  expect(mesh.output()).toContain(`Web page      ${addresses["gateway-1"].replace("127.0.0.1", "localhost")}\n`);

  const alpha = await mesh.ask("alpha");
  const common = { NODE_ENV: "production", NATS_TLS: "off", DATABASE_TLS: "off", STREAM_REPLICAS: "1" };
  expect(alpha).toMatchObject({
    ...common,
    MESH_TLS_DIR: join(clone.root, ".mesh/tls/alpha"),
    MESH_OPERATORS: "developer",
  });
  expect(alpha.NATS_URL).toMatch(new RegExp(`^nats://alpha:[^@]+@${new URL(natsUrl).host}$`));
  expect([alpha.SHUTDOWN_MS, alpha.PWD && alpha.WEB_DIR]).toEqual([undefined, undefined]);
  expect(alpha.argv).not.toContain("--enable-source-maps");
  const origins = [addresses["gateway-1"], addresses["gateway-2"]].flatMap((url) => [
    url.replace("127.0.0.1", "localhost"),
    url,
  ]);
  const edge = { PROXIES: "0", PUBLIC_ORIGINS: origins.join(","), WEB_DIR: join(clone.root, "web/dist") };
  expect(await mesh.ask("gateway-2")).toMatchObject({ ...common, ...edge });

  await clone.save("services/alpha/src/main.ts", "const = 3;\n");
  mesh.process.kill("SIGINT");
  expect(await once(mesh.process, "exit")).toEqual([0, null]);
  expect(mesh.output()).toContain("stopping as in production");
  expect(mesh.output()).not.toContain("main.ts:1");
  for (const name of ["alpha", "beta", "gateway-1", "gateway-2"]) {
    expect(await clone.read(`.mesh/logs/${name}.log`)).toContain("closed in time");
  }
  await vi.waitFor(() => expect(processesOf(clone.root)).toEqual([]), patience);
});

test("names the builds that are missing", async () => {
  await using clone = await openClone();
  const mesh = clone.run({}, command);
  await mesh.says("run npm run build first: there is no services/alpha/dist/main.js, no services/beta/dist/main.js");
  await vi.waitFor(() => expect(mesh.process.exitCode).toBe(1), patience);
});
