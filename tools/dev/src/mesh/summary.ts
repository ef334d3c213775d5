import { colored } from "../log/color.ts";
import type { App } from "./app.ts";
import { addressOf } from "./environment.ts";
import { inspectPortOf } from "./launch.ts";
import type { Mesh } from "./mesh.ts";
import type { RunningApp } from "./running-app.ts";
import type { DevSettings } from "./settings.ts";
import { stateOf } from "./start-state.ts";

/** The rows of the apps come in this order. */
const order = { web: 0, gateway: 1, service: 2 };

/** Returns a table of the running apps and servers, with the duration of the start and how to stop. */
export function summaryOf(mesh: Mesh, settings: DevSettings, startedAt: number): string {
  const apps = mesh.running.toSorted((one, other) => order[one.app.kind] - order[other.app.kind]);
  const rows = [
    ...apps.flatMap((app) => rowsOf(app, mesh, settings)),
    ["NATS", serverOf(mesh.natsUrl, settings.NATS_URL)],
    ["PostgreSQL", serverOf(mesh.postgresUrl, settings.MESH_POSTGRES_URL)],
    ["", ""],
    ["Logs", `.mesh/logs, at level ${settings.LOG_LEVEL} (LOG_LEVEL)`],
    ["Data", ".mesh (npm run reset removes it); .mesh/run.json has the addresses and passwords"],
    ["Stop", "Ctrl-C"],
  ];
  const lines = rows.map(([name = "", text]) => `  ${name.padEnd(14)}${text}`.trimEnd());
  return ["", colored("bold", titleOf(apps, mesh, startedAt)), "", ...lines, ""].join("\n");
}

function titleOf(apps: readonly RunningApp[], mesh: Mesh, startedAt: number): string {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (apps.some(({ state }) => state !== "ready")) return `Only a part of the mesh runs, after ${seconds} s`;
  if (apps.length === mesh.apps.length) return `The mesh is ready after ${seconds} s`;
  return `${apps.map(({ app }) => app.name).join(", ")} ${apps.length > 1 ? "are" : "is"} ready after ${seconds} s`;
}

/** Returns the row of an app. The gateway has a second one, for its API reference. */
function rowsOf(running: RunningApp, mesh: Mesh, settings: DevSettings): [string, string][] {
  const { app } = running;
  const address = addressOf(app, mesh.ports);
  const notes = [stateOf(running, mesh), noteOnPort(app, mesh, settings), noteOnDebugger(app, settings)];
  const text = notes.filter(Boolean).join(", ");
  const name = { service: app.name, gateway: "Gateway", web: "Web page" }[app.kind];
  const row: [string, string] = [name, text ? `${address} (${text})` : address];
  return app.kind === "gateway" ? [row, ["REST", `${address}/reference`]] : [row];
}

function noteOnPort(app: App, mesh: Mesh, settings: DevSettings): string {
  if (app.kind === "service") return "";
  const wanted = app.kind === "web" ? settings.WEB_PORT : settings.GATEWAY_PORT;
  return wanted === mesh.ports.get(app.name) || wanted === 0 ? "" : `${wanted} was taken`;
}

function noteOnDebugger(app: App, settings: DevSettings): string {
  const port = inspectPortOf(app, settings.MESH_INSPECT.split(","));
  return port ? `debugger on port ${port}` : "";
}

/** Returns the URL of a server without its password. */
function serverOf(url: string, setting: string | undefined): string {
  const { protocol, host, pathname } = new URL(url);
  const shown = `${protocol}//${host}${pathname}`.replace(/\/$/, "");
  return setting ? `${shown} (yours)` : shown;
}
