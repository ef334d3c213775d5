import { colored } from "../log/color.ts";
import type { App } from "./app.ts";
import { addressOf } from "./environment.ts";
import { inspectPortOf } from "./launch.ts";
import type { Mesh } from "./mesh.ts";
import type { DevSettings } from "./settings.ts";

/** What runs where, how long that took, and how to stop it. */
export function summaryOf(mesh: Mesh, settings: DevSettings, startedAt: number): string {
  const members = mesh.apps.flatMap(({ name }) => mesh.members.get(name) ?? []);
  const order = { web: 0, gateway: 1, service: 2 };
  const inOrder = members.toSorted((one, other) => order[one.app.kind] - order[other.app.kind]);
  const rows = [
    ...inOrder.flatMap(({ app, state }) => rowsOf(app, mesh, settings, state)),
    ["NATS", `${withoutPassword(mesh.natsUrl)}${settings.NATS_URL ? " (yours)" : ""}`],
    ["PostgreSQL", `${withoutPassword(mesh.postgresUrl)}${settings.MESH_POSTGRES_URL ? " (yours)" : ""}`],
    ["", ""],
    ["Logs", `.mesh/logs, at level ${settings.LOG_LEVEL} (LOG_LEVEL)`],
    ["Data", ".mesh (npm run reset removes it); .mesh/run.json has the addresses and passwords"],
    ["Stop", "Ctrl-C"],
  ];
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const isAllWell = members.every(({ state }) => state === "ready");
  const title = isAllWell ? `The mesh is ready after ${seconds} s` : `The mesh runs in part, after ${seconds} s`;
  return [
    "",
    colored("bold", title),
    "",
    ...rows.map(([name = "", text]) => `  ${name.padEnd(14)}${text}`.trimEnd()),
    "",
  ].join("\n");
}

/** The gateway's row is followed by what it has to read. */
function rowsOf(app: App, mesh: Mesh, settings: DevSettings, state: string): [string, string][] {
  const row = rowOf(app, mesh, settings, state);
  return app.kind === "gateway" ? [row, ["REST", `${addressOf(app, mesh.ports)}/reference`]] : [row];
}

function rowOf(app: App, mesh: Mesh, settings: DevSettings, state: string): [string, string] {
  const notes = [
    state === "ready" ? "" : state,
    noteOnPort(app, mesh, settings),
    noteOnInspector(app, settings),
  ].filter(Boolean);
  const name = { service: app.name, gateway: "Gateway", web: "Web page" }[app.kind];
  return [name, `${addressOf(app, mesh.ports)}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`];
}

function noteOnPort(app: App, mesh: Mesh, settings: DevSettings): string {
  if (app.kind === "service") return "";
  const wanted = app.kind === "web" ? settings.WEB_PORT : settings.GATEWAY_PORT;
  return wanted === mesh.ports.get(app.name) || wanted === 0 ? "" : `${wanted} was taken`;
}

function noteOnInspector(app: App, settings: DevSettings): string {
  const port = inspectPortOf(app, settings.MESH_INSPECT.split(","));
  return port ? `debugger on port ${port}` : "";
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`.replace(/\/$/, "");
}
