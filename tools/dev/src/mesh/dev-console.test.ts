import { expect, test, vi } from "vitest";
import { openClone } from "../../fixtures/clone.ts";
import type { DatabaseRow, LogList, ProcessRow, ServiceList, StreamList, TableContent } from "../console/shapes.ts";

const patience = { timeout: 60_000, interval: 50 };

test("the console shows the processes, logs and tables of a mesh, and restarts a service", {
  timeout: 240_000,
}, async () => {
  await using clone = await openClone();
  const mesh = clone.run({ CONSOLE_PORT: "0" });
  await mesh.ready();
  const [, url] = /^ {2}Console +(\S+)$/m.exec(mesh.output()) ?? [];
  const read = async <T>(path: string): Promise<T> => (await fetch(`${url}/api/${path}`)).json() as Promise<T>;
  const alpha = async (): Promise<ProcessRow | undefined> =>
    (await read<ServiceList>("services")).processes.find(({ name }) => name === "alpha");

  const { pid, OTEL_EXPORTER_OTLP_ENDPOINT } = await mesh.ask("alpha");
  expect(OTEL_EXPORTER_OTLP_ENDPOINT).toBe(new URL(String(url)).origin.replace("localhost", "127.0.0.1"));
  expect(await alpha()).toMatchObject({ kind: "service", state: "ready", pid });
  expect((await read<ServiceList>("services")).processes.map(({ name }) => name)).toEqual([
    "alpha",
    "beta",
    "gateway",
    "web",
  ]);

  const [database] = await read<readonly DatabaseRow[]>("databases");
  expect(database).toMatchObject({
    name: "mesh_beta",
    app: "beta",
    tables: [{ schema: "public", name: "visit", rows: 1 }],
  });
  const table = await read<TableContent>("table?database=mesh_beta&schema=public&table=visit");
  expect(table).toMatchObject({ columns: [{ name: "at", type: "timestamp with time zone" }], isComplete: true });
  expect(table.rows).toEqual([[expect.stringMatching(/^\d{4}-\d\d-\d\d /)]]);
  expect(
    (await fetch(`${url}/api/table?database=mesh_beta&schema=public&table=${encodeURIComponent('visit" --')}`)).status,
  ).toBe(404);
  expect((await fetch(`${url}/api/table?database=postgres&schema=pg_catalog&table=pg_authid`)).status).toBe(404);
  expect(await read<StreamList>("streams")).toMatchObject({ deadLetters: [] });

  expect((await fetch(`${url}/api/restart?process=gamma`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${url}/api/restart?process=alpha`, { method: "POST" })).status).toBe(200);
  await vi.waitFor(async () => expect(await alpha()).toMatchObject({ state: "ready" }), patience);
  const restarted = await mesh.ask("alpha");
  expect(restarted.pid).not.toBe(pid);
  expect(await alpha()).toMatchObject({ pid: restarted.pid });
  // The data of the others is as it was.
  expect(await mesh.ask("beta")).toMatchObject({ visits: 1 });

  await mesh.ask("alpha", "/crash").catch(() => {});
  await mesh.says(/alpha +│ crashed/);
  const crashed = await read<LogList>("logs?process=alpha&text=CRASHED");
  expect(crashed.lines).toMatchObject([{ process: "alpha", text: expect.stringContaining("crashed (exit code 7)") }]);
});

test("a collector of the developer's own gets the traces", { timeout: 240_000 }, async () => {
  await using clone = await openClone();
  const mesh = clone.run({ CONSOLE_PORT: "0", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" });
  await mesh.ready();
  expect(await mesh.ask("alpha")).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" });
  const [, url] = /^ {2}Console +(\S+)$/m.exec(mesh.output()) ?? [];
  expect(await (await fetch(`${url}/api/traces`)).json()).toMatchObject({ sentTo: "http://127.0.0.1:4318" });
});
