import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { cp, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { type Clone, openClone, type RunningClone } from "../../fixtures/clone.ts";
import { processesOf } from "../../fixtures/leftovers.ts";

const patience = { timeout: 60_000, interval: 20 };
const greeting = "services/alpha/src/greeting.ts";

describe("a save", { timeout: 240_000 }, () => {
  test("of a handler restarts its service, and no other", async () => {
    await withMesh(async (clone, mesh) => {
      const before = await pids(mesh);
      await clone.save(greeting, (await clone.read(greeting)).replace("hello", "good morning"));
      await answers(mesh, "good morning from alpha");
      const after = await pids(mesh);
      expect(after.alpha).not.toBe(before.alpha);
      expect(after.beta).toBe(before.beta);
    });
  });

  test("restarts all replicas of a service, and builds it once", async () => {
    await using clone = await openClone();
    const mesh = clone.run({ MESH_REPLICAS: "alpha=2" });
    await mesh.ready();
    const ask = () => Promise.all(["alpha-1", "alpha-2"].map((name) => mesh.ask(name)));
    const before = (await ask()).map(({ pid }) => pid);
    const right = await clone.read(greeting);
    await clone.save(greeting, right.replace("return", "return )"));
    await mesh.says(/services\/alpha\/src\/greeting\.ts:2:\d+: Unexpected "\)"/);
    expect((await ask()).map(({ pid }) => pid)).toEqual(before);
    await clone.save(greeting, right.replace("hello", "good morning"));
    const expected = [1, 2].map(() => expect.objectContaining({ greeting: "good morning from alpha" }));
    await vi.waitFor(async () => expect(await ask()).toEqual(expected), patience);
    const after = (await ask()).map(({ pid }) => pid);
    expect(new Set([...before, ...after]).size).toBe(4);
    expect(mesh.output().match(/greeting\.ts:2:\d+: Unexpected/g)).toHaveLength(1);
  });

  test("of only a comment restarts nothing", async () => {
    await withMesh(async (clone, mesh) => {
      const before = await pids(mesh);
      await clone.save(greeting, `// Only a comment.\n${await clone.read(greeting)}`);
      await clone.save("services/beta/src/main.ts", `${await clone.read("services/beta/src/main.ts")}\nexport {};\n`);
      await clone.save(greeting, (await clone.read(greeting)).replace("hello", "bye"));
      await answers(mesh, "bye from alpha");
      expect((await pids(mesh)).beta).toBe(before.beta);
    });
  });

  test("with a syntax error reports file and line, and the old process keeps running", async () => {
    await withMesh(async (clone, mesh) => {
      const before = await pids(mesh);
      const right = await clone.read(greeting);
      await clone.save(greeting, right.replace("return", "return )"));
      await mesh.says(/services\/alpha\/src\/greeting\.ts:2:\d+: Unexpected "\)"/);
      expect(await pids(mesh)).toEqual(before);
      await clone.save(greeting, right.replace("hello", "welcome"));
      await answers(mesh, "welcome from alpha");
    });
  });

  test("with a type error reports file and line, and later that no error is left", async () => {
    await withMesh(async (clone, mesh) => {
      const right = await clone.read(greeting);
      await clone.save(greeting, right.replace("hello from", "hello ").replace("): string", "): number"));
      await mesh.says(/services\/alpha\/src\/greeting\.ts:2:3: TS2322/);
      await answers(mesh, "hello  alpha");
      await clone.save(greeting, right);
      await mesh.says("no more type errors in services/alpha");
    });
  });

  test("of a contract runs a new service, and restarts no other", async () => {
    await withMesh(async (clone, mesh) => {
      const before = await pids(mesh);
      await cp(join(clone.root, "services/alpha"), join(clone.root, "services/gamma"), { recursive: true });
      const main = await clone.read("services/alpha/src/main.ts");
      await clone.save("services/gamma/src/main.ts", main.replace('greeting("alpha")', 'greeting("gamma")'));
      await clone.save("proto/gamma.proto", 'syntax = "proto3";\n');
      await mesh.says(/gamma is ready\n/);
      const greeting = { greeting: "hello from gamma" };
      await vi.waitFor(async () => expect(await mesh.ask("gamma")).toMatchObject(greeting), patience);
      expect(await pids(mesh)).toEqual(before);
    });
  });

  test("of a contract generates code, and restarts the services that use it", async () => {
    await withMesh(async (clone, mesh) => {
      const before = await pids(mesh);
      await clone.save("proto/alpha.proto", 'syntax = "proto3";\n// greeting: bonjour\n');
      await answers(mesh, "bonjour from alpha");
      await clone.save("proto/alpha.proto", 'syntax = "proto3";\n');
      await mesh.says("proto/alpha.proto:2:1: no greeting");
      expect(mesh.output()).not.toContain("code from the contracts");
      await clone.save("proto/alpha.proto", 'syntax = "proto3";\n// greeting: bonsoir\n');
      await mesh.says("no more errors in the contracts");
      await answers(mesh, "bonsoir from alpha");
      expect((await pids(mesh)).beta).toBe(before.beta);
    });
  });

  test("whose build takes longer than 2 s reports its progress and its end", async () => {
    await using clone = await openClone();
    // Without a type check, which would read from the pipe too.
    await rm(join(clone.root, "services/alpha/tsconfig.json"));
    const mesh = clone.run();
    await mesh.ready();
    await using pipe = await openPipe(join(clone.root, "services/alpha/word.ts"));
    const right = await clone.read(greeting);
    await clone.save(greeting, `import { word } from "../word.ts";\n${right.replace("hello", `\${word}`)}`);
    await mesh.says(/(^building alpha: \d+\.\d s$.*){2}/ms);
    const progress = mesh.output().matchAll(/^building alpha: (\d+\.\d) s$/gm);
    const [first = 0, second = 0] = [...progress].map((match) => Number(match[1]));
    expect(first).toBeGreaterThanOrEqual(2);
    // Both are rounded to 0.1 s.
    expect(second + 0.15).toBeGreaterThanOrEqual(2 * first);
    expect(await mesh.ask("alpha")).toMatchObject({ greeting: "hello from alpha" });
    await pipe.write('export const word = "finally";\n');
    await answers(mesh, "finally from alpha");
    await mesh.says(/^building alpha: done after \d+\.\d s$/m);
  });

  test("fixes a service that did not compile at the start", async () => {
    await using clone = await openClone();
    const right = await clone.read("services/alpha/src/main.ts");
    await clone.save("services/alpha/src/main.ts", 'import { missing } from "./missing.ts";\nmissing();\n');
    const mesh = clone.run();
    await mesh.ready();
    expect(mesh.output()).toMatch(/services\/alpha\/src\/main\.ts:1:\d+: Could not resolve "\.\/missing\.ts"/);
    expect(mesh.output()).toMatch(/Only a part of the mesh runs.*alpha +\S+ \(broken\)/s);
    await clone.save("services/alpha/src/main.ts", right);
    await answers(mesh, "hello from alpha");
  });
});

test("a service that crashed is restarted; the others kept running", { timeout: 240_000 }, async () => {
  await withMesh(async (clone, mesh) => {
    const before = await pids(mesh);
    await mesh.ask("alpha", "/crash").catch(() => {});
    await mesh.says(/alpha +│ crashed \(exit code 7\); restarting it in 0\.5 s/);
    await mesh.says(/alpha is ready again/);
    await answers(mesh, "hello from alpha");
    const after = await pids(mesh);
    expect([after.alpha === before.alpha, after.beta === before.beta]).toEqual([false, true]);
    expect(processesOf(clone.root).filter((line) => line.includes("alpha/.mesh/main.js"))).toHaveLength(1);
  });
});

test("a service that cannot start reports each error once", { timeout: 240_000 }, async () => {
  await withMesh(async (clone, mesh) => {
    const failing = (text: string) => `console.error("starting", process.pid);\nthrow new Error(${text});\n`;
    await clone.save("services/alpha/src/main.ts", failing('"no table"'));
    await mesh.says(/alpha +│ crashed \(exit code 1\); restarting it in 0\.5 s/);
    await mesh.says(/alpha +│ failed again with the same error \(attempt 2\); restarting it in 1 s/);
    await mesh.says(/alpha +│ failed again with the same error \(attempt 3\); restarting it in 2 s/);
    expect(mesh.output().match(/Error: no table/g)).toHaveLength(1);
    expect((await clone.read(".mesh/logs/alpha.log")).match(/Error: no table/g)).toHaveLength(3);

    await clone.save("services/alpha/src/main.ts", failing('"no column"'));
    await mesh.says("Error: no column");
    await mesh.says(/Error: no column.*failed again with the same error \(attempt 2\)/s);
    expect(mesh.output().match(/Error: no column/g)).toHaveLength(1);
  });
});

test("a killed server restarts on the same address, every time", { timeout: 240_000 }, async () => {
  await withMesh(async (clone, mesh) => {
    const lock = ".mesh/postgres/data/postmaster.pid";
    const before = (await clone.read(lock)).split("\n");
    let pid = before[0];
    for (const _time of [1, 2]) {
      process.kill(Number(pid), "SIGKILL");
      await vi.waitFor(async () => expect((await clone.read(lock)).split("\n")[0]).not.toBe(pid), patience);
      await vi.waitFor(async () => expect((await clone.read(lock)).split("\n")[7]).toMatch("ready"), patience);
      pid = (await clone.read(lock)).split("\n")[0];
    }
    await mesh.says("PostgreSQL ended unexpectedly; restarting it");
    expect((await clone.read(lock)).split("\n")[3]).toBe(before[3]);
  });
});

/** Makes a pipe, for whose content its readers wait. At the end, they get what was written, or nothing. */
async function openPipe(path: string) {
  await promisify(execFile)("mkfifo", [path]);
  return {
    write: (text: string) => writeFile(path, text),
    async [Symbol.asyncDispose]() {
      // Does not wait for a reader.
      const pipe = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
      await pipe.close();
    },
  };
}

async function withMesh(work: (clone: Clone, mesh: RunningClone) => Promise<void>): Promise<void> {
  await using clone = await openClone();
  const mesh = clone.run();
  await mesh.ready();
  await work(clone, mesh);
}

function answers(mesh: RunningClone, text: string): Promise<void> {
  return vi.waitFor(async () => expect(await mesh.ask("alpha")).toMatchObject({ greeting: text }), patience);
}

async function pids(mesh: RunningClone) {
  const [alpha, beta] = await Promise.all([mesh.ask("alpha"), mesh.ask("beta")]);
  return { alpha: alpha.pid, beta: beta.pid };
}
