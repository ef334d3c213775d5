import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { openClone } from "../../fixtures/clone.ts";
import { familyOf, inFamily, killAll, processesOf, runningOf } from "../../fixtures/leftovers.ts";
import { holdPort } from "../ports/held-port.ts";

const patience = { timeout: 60_000, interval: 20 };

test.each([
  [["--help"], 0, "npm start     runs the whole mesh"],
  [["-h"], 0, "GATEWAY_PORT, WEB_PORT"],
  [["--hlep"], 2, 'npm start has no argument "--hlep": see npm start -- --help'],
])("npm start -- %s ends with %i", (args, code, text) => {
  const bin = join(import.meta.dirname, "../../bin/start.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  expect([status, stdout + stderr]).toEqual([code, expect.stringContaining(text)]);
});

describe("a start", { timeout: 240_000 }, () => {
  test("waits for every app, adds example data, prints addresses, and ends soon after a signal", async () => {
    await using clone = await openClone();
    const mesh = clone.run();
    await mesh.ready();
    expect(mesh.output()).toMatch(/The mesh is ready after [\d.]+ s/);
    for (const name of ["Web page", "Gateway", "alpha", "beta", "NATS", "PostgreSQL"]) {
      expect(mesh.output()).toMatch(new RegExp(`^  ${name} +\\S*\\d+`, "m"));
    }
    expect(await mesh.ask("beta")).toMatchObject({ visits: 1 });

    const stoppedAt = Date.now();
    await mesh.end("SIGTERM");
    // It kills what remains after four seconds; the rest is for a busy machine.
    expect(Date.now() - stoppedAt).toBeLessThan(60_000);
    expect(mesh.process.exitCode).toBe(0);
    await vi.waitFor(() => expect(processesOf(clone.root)).toEqual([]), patience);
  });

  test("runs replicas with their own addresses, logs and prefixes, one certificate and one seed", async () => {
    await using clone = await openClone();
    const first = await holdPort(47_200);
    await first.release();
    const env = { MESH_REPLICAS: "alpha=3, beta=2,gateway=2", GATEWAY_PORT: String(first.number) };
    const mesh = clone.run(env);
    await mesh.ready();
    expect(mesh.output()).toMatch(/The mesh is ready after [\d.]+ s/);
    const { apps, metrics, natsUrl } = JSON.parse(await clone.read(".mesh/run.json"));
    const names = ["alpha-1", "alpha-2", "alpha-3", "beta-1", "beta-2", "gateway-1", "gateway-2", "web"];
    expect(Object.keys(apps)).toEqual(names);
    expect(Object.keys(metrics)).toEqual(names.slice(0, 7));
    for (const name of names.slice(0, 5)) expect(mesh.output()).toMatch(new RegExp(`^  ${name} +${apps[name]}$`, "m"));
    expect(mesh.output()).toMatch(new RegExp(`^  Gateway-1 +http://127\\.0\\.0\\.1:${first.number}$`, "m"));
    expect(mesh.output()).toMatch(new RegExp(`^  Gateway-2 +http://127\\.0\\.0\\.1:${first.number + 1}$`, "m"));
    const replies = await Promise.all(names.slice(0, 3).map((name) => mesh.ask(name)));
    expect(new Set(replies.map(({ pid }) => pid)).size).toBe(3);
    const own = new RegExp(`^nats://alpha:[^@]+@${new URL(natsUrl).host}$`);
    const shared = { NATS_URL: expect.stringMatching(own), MESH_TLS_DIR: join(clone.root, ".mesh/tls/alpha") };
    for (const reply of replies) expect(reply).toMatchObject(shared);
    const pages = replies.map(({ METRICS_PORT }) => `http://127.0.0.1:${METRICS_PORT}/metrics`);
    expect(pages).toEqual(names.slice(0, 3).map((name) => metrics[name]));
    expect(new Set(Object.values(metrics)).size).toBe(7);
    expect(replies.map(({ MESH_PEERS }) => MESH_PEERS)).toEqual([undefined, undefined, undefined]);
    // The seed program adds one, and runs once.
    expect([await mesh.ask("beta-1"), await mesh.ask("beta-2")]).toMatchObject([{ visits: 1 }, { visits: 1 }]);
    await mesh.ask("alpha-2", "/crash").catch(() => {});
    await mesh.says(/alpha-2 +│ crashed \(exit code 7\); restarting it in 0\.5 s/);
    await mesh.says(/alpha-2 is ready again/);
    expect(await clone.read(".mesh/logs/alpha-2.log")).toContain("crashed");
  });

  test.each([
    ["alpha", 'MESH_REPLICAS is "alpha"; expected: names of services or the gateway with a number from 1 to 20'],
    ["alpha=0", 'MESH_REPLICAS is "alpha=0"; expected'],
    ["alpha=21", 'MESH_REPLICAS is "alpha=21"; expected'],
    ["alpha=1.5", 'MESH_REPLICAS is "alpha=1.5"; expected'],
    ["alpha=2,alpha=3", 'MESH_REPLICAS is "alpha=2,alpha=3"; expected'],
    ["alpha=2,web=2,gama=2", "MESH_REPLICAS has the unknown web, gama; these can have replicas: alpha, beta, gateway"],
  ])("fails with the replicas %s", async (MESH_REPLICAS, message) => {
    await using clone = await openClone();
    const mesh = clone.run({ MESH_REPLICAS });
    await mesh.says(message);
    await vi.waitFor(() => expect(mesh.process.exitCode).toBe(2), patience);
  });

  test("reports what runs and what does not: a gateway waits for a service that does not compile", async () => {
    await using clone = await openClone();
    await clone.save("services/alpha/src/main.ts", "const = 3;\n");
    await clone.save("services/beta/src/seed.ts", "process.exit(4);\n");
    await clone.save(
      "gateway/src/main.ts",
      "setInterval(() => {}, 1_000);\nprocess.once('disconnect', () => process.exit());\n",
    );
    const mesh = clone.run();
    await mesh.ready();
    expect(mesh.output()).toMatch(
      /✗ services, gateway, web page +\S+ s +alpha \(broken\), gateway \(waits for alpha\)/,
    );
    expect(mesh.output()).toMatch(/✗ products and stock of the shop +\S+ s +beta/);
    expect(mesh.output()).toMatch(/Only a part of the mesh runs.*Gateway +\S+ \(waits for alpha\)/s);
    expect(mesh.output()).not.toMatch(/The mesh is ready/);
  });

  test("shows the type errors that exist", async () => {
    await using clone = await openClone();
    const file = "services/alpha/src/greeting.ts";
    await clone.save(file, (await clone.read(file)).replace("): string", "): number"));
    const mesh = clone.run();
    await mesh.ready();
    await mesh.says(/services\/alpha\/src\/greeting\.ts:2:3: TS2322/);
    await clone.save(file, (await clone.read(file)).replace("): number", "): string"));
    await mesh.says("no more type errors in services/alpha");
  });

  test("needs no web page, and adds the page's origins to those of CORS_ORIGINS", async () => {
    const CORS_ORIGINS = "http://localhost:3000,http://127.0.0.1:3000";
    await using clone = await openClone();
    const complete = clone.run({ CORS_ORIGINS });
    await complete.ready();
    const { apps } = JSON.parse(await clone.read(".mesh/run.json"));
    expect((await complete.ask("gateway")).CORS_ORIGINS).toBe(
      [CORS_ORIGINS, apps.web, apps.web.replace("localhost", "127.0.0.1")].join(","),
    );
    await complete.end("SIGTERM");

    await rm(join(clone.root, "web"), { recursive: true });
    const mesh = clone.run();
    await mesh.ready();
    expect(mesh.output()).toMatch(/The mesh is ready/);
    expect((await mesh.ask("gateway")).CORS_ORIGINS).toBe("");
  });

  test("leaves no process after kill -9, and the next start has the data", async () => {
    await using clone = await openClone();
    const first = clone.run();
    await first.ready();
    await first.ask("beta", "/", { method: "POST" });
    const secret = (await first.ask("gateway")).COOKIE_SECRET;
    await first.end("SIGKILL");
    await vi.waitFor(() => expect(processesOf(clone.root)).toEqual([]), patience);

    const second = clone.run();
    await second.ready();
    expect(await second.ask("beta")).toMatchObject({ visits: 3 });
    expect((await second.ask("gateway")).COOKIE_SECRET).toBe(secret);
  });

  test("leaves no app, not even Vite, after kill -9 of the process and its keeper", async () => {
    await using clone = await openClone();
    const mesh = clone.run();
    await mesh.ready();
    const pid = mesh.process.pid ?? 0;
    const [keepers, apps] = ["dev/bin/keeper.js", "vite/bin/vite.js"].map((text) => inFamily(pid, text));
    const all = [...(apps ?? []), ...inFamily(pid, ".mesh/main.js")];
    expect([keepers?.length, all.length]).toEqual([1, 4]);
    killAll([pid, ...(keepers ?? [])]);
    await vi.waitFor(() => expect(runningOf(all)).toEqual([]), patience);
    // The servers have no parent any more, so the next start ends them.
    const second = clone.run();
    await second.ready();
    await second.end("SIGTERM");
  });

  test("works after all processes were killed", async () => {
    await using clone = await openClone();
    const first = clone.run();
    await first.ready();
    killAll(familyOf(first.process.pid ?? 0));
    const second = clone.run();
    await second.ready();
    expect(await second.ask("beta")).toMatchObject({ visits: 2 });
  });

  test("takes the next free port and prints that, even if two meshes start together", async () => {
    await using one = await openClone();
    await using other = await openClone();
    const taken = await holdPort(47_000);
    const env = { GATEWAY_PORT: String(taken.number), WEB_PORT: String(taken.number) };
    const meshes = [one.run(env), other.run(env)];
    await Promise.all(meshes.map((mesh) => mesh.ready()));
    for (const mesh of meshes) expect(mesh.output()).toContain(`(${taken.number} was taken)`);
    const [first, second] = await Promise.all(meshes.map((mesh) => mesh.ask("gateway")));
    expect(first?.COOKIE_SECRET).not.toBe(second?.COOKIE_SECRET);
    await taken.release();
  });

  test("reads .env, before which the environment comes", async () => {
    await using clone = await openClone();
    const cookieSecret = "the secret in the file, 32 characters";
    await clone.save(".env", `COOKIE_SECRET="${cookieSecret}"\nGATEWAY_PORT=1\nCORS_ORIGINS=http://localhost:3000\n`);
    const mesh = clone.run({ CORS_ORIGINS: "http://localhost:3001" });
    await mesh.ready();
    const { COOKIE_SECRET, CORS_ORIGINS } = await mesh.ask("gateway");
    expect([COOKIE_SECRET, String(CORS_ORIGINS).split(",")[0]]).toEqual([cookieSecret, "http://localhost:3001"]);
  });

  test("reads settings from files, too, and gives each app the value or the file", async () => {
    await using clone = await openClone();
    const cookieSecret = "the secret in the file, 32 characters";
    await clone.save("cookie.txt", `${cookieSecret}\n`);
    await clone.save(".env", `COOKIE_SECRET_FILE="${join(clone.root, "cookie.txt")}"\nCORS_ORIGINS_FILE=/absent\n`);
    const mesh = clone.run({ CORS_ORIGINS: "http://localhost:3001" });
    await mesh.ready();
    const { COOKIE_SECRET, COOKIE_SECRET_FILE, CORS_ORIGINS } = await mesh.ask("gateway");
    expect([COOKIE_SECRET, COOKIE_SECRET_FILE]).toEqual([cookieSecret, undefined]);
    expect(String(CORS_ORIGINS).split(",")[0]).toBe("http://localhost:3001");
  });

  test("fails while the mesh of the clone is running", async () => {
    await using clone = await openClone();
    const first = clone.run();
    await first.ready();
    const second = clone.run();
    await second.says(`is already running, in process ${first.process.pid}`);
    expect(await first.ask("alpha")).toMatchObject({ greeting: "hello from alpha" });
  });

  test("fails with wrong settings, and names each", async () => {
    await using clone = await openClone();
    const mesh = clone.run({
      LOG_LEVEL: "loud",
      WEB_PORT: "99999",
      NATS_URL: "nowhere",
      MESH_POSTGRES_URL: "http://x",
    });
    await mesh.says("4 wrong settings");
    for (const name of ["LOG_LEVEL", "WEB_PORT", "NATS_URL", "MESH_POSTGRES_URL"])
      expect(mesh.output()).toContain(name);
  });

  test("fails with servers that do not respond, and names each", async () => {
    await using clone = await openClone();
    const free = await holdPort();
    await free.release();
    const mesh = clone.run({
      NATS_URL: `nats://127.0.0.1:${free.number}`,
      MESH_POSTGRES_URL: `postgres://a:b@127.0.0.1:${free.number}/postgres`,
    });
    await mesh.says(/NATS_URL: .*expected: a running NATS/);
    await mesh.says(/MESH_POSTGRES_URL: .*expected: a PostgreSQL/);
  });

  test("uses the servers that the settings name", async () => {
    await using host = await openClone();
    const hosting = host.run();
    await hosting.ready();
    const { natsUrl, postgresUrl } = JSON.parse(await host.read(".mesh/run.json"));
    await using guest = await openClone();
    const mesh = guest.run({ NATS_URL: natsUrl, MESH_POSTGRES_URL: postgresUrl });
    await mesh.ready();
    expect(mesh.output()).toMatch(/NATS +nats:\/\/\S+ \(yours\)/);
    expect(await mesh.ask("gateway")).toMatchObject({ NATS_URL: natsUrl });
    expect(await mesh.ask("beta")).toMatchObject({ visits: 2 });
    expect(processesOf(join(guest.root, ".mesh"))).toEqual([]);
  });
});
