import { colored } from "../log/color.ts";
import { addressOf } from "./environment.ts";
import { inspectPortOf } from "./launch.ts";
import type { Mesh } from "./mesh.ts";
import { builtPageOf } from "./production-environment.ts";
import type { Replica } from "./replicas.ts";
import type { RunningApp } from "./running-app.ts";
import type { DevSettings } from "./settings.ts";
import { stateOf } from "./start-state.ts";

/** The rows of the apps come in this order. */
const order = { web: 0, gateway: 1, service: 2 };

/** The width of the names, with the space after them. */
const usualWidth = 14;

/** Returns a table of the running apps and servers, with the duration of the start and how to stop. */
export function summaryOf(mesh: Mesh, settings: DevSettings, startedAt: number): string {
  const apps = mesh.running.toSorted((one, other) => order[one.app.kind] - order[other.app.kind]);
  const rows = [
    ...apps.flatMap((app) => rowsOf(app, mesh, settings)),
    ["NATS", serverOf(mesh.natsUrl, settings.NATS_URL)],
    ["PostgreSQL", serverOf(mesh.postgresUrl, settings.MESH_POSTGRES_URL)],
    ...(mesh.consoleUrl ? [["Console", `${mesh.consoleUrl.replace("127.0.0.1", "localhost")}/console`]] : []),
    ...(mesh.mode === "production" ? noteOnSignIn(settings) : []),
    ...(mesh.issuerUrl ? [["Sign-in", `${mesh.issuerUrl}, as customer, clerk or admin`]] : []),
    ["", ""],
    ["Logs", `.mesh/logs, at level ${settings.LOG_LEVEL} (LOG_LEVEL)`],
    ["Data", ".mesh (npm run reset removes it); .mesh/run.json has the addresses and passwords"],
    ["Stop", "Ctrl-C"],
  ];
  const width = Math.max(usualWidth, ...rows.map(([name = ""]) => name.length + 2));
  const lines = rows.map(([name = "", text]) => `  ${name.padEnd(width)}${text}`.trimEnd());
  return ["", colored("bold", titleOf(apps, mesh, startedAt)), "", ...lines, ""].join("\n");
}

function titleOf(apps: readonly RunningApp[], mesh: Mesh, startedAt: number): string {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (apps.some(({ state }) => state !== "ready")) return `Only a part of the mesh runs, after ${seconds} s`;
  const names = [...new Set(apps.map(({ app }) => app.name))];
  const what = mesh.mode === "production" ? "The build for production" : "The mesh";
  if (names.length === mesh.apps.length) return `${what} is ready after ${seconds} s`;
  return `${names.join(", ")} ${names.length > 1 ? "are" : "is"} ready after ${seconds} s`;
}

/** People sign in with an issuer that has https. */
function noteOnSignIn({ OIDC_ISSUER }: DevSettings): [string, string][] {
  return OIDC_ISSUER ? [] : [["Sign-in", "none, since in production an issuer needs https: OIDC_ISSUER names one"]];
}

/** Returns the row of a replica. The gateway has more, for its API reference and, in production, for the page. */
function rowsOf(running: RunningApp, mesh: Mesh, settings: DevSettings): [string, string][] {
  const { app, replica } = running;
  const address = addressOf(replica, mesh.ports);
  const notes = [
    app.parts?.map(({ name }) => name).join(", "),
    stateOf(running, mesh),
    noteOnPort(replica, mesh, settings),
    noteOnDebugger(replica, settings),
  ];
  const text = notes.filter(Boolean).join(", ");
  const name = { service: replica.name, gateway: replica.name.replace(/^gateway/, "Gateway"), web: "Web page" }[
    app.kind
  ];
  const row: [string, string] = [name, text ? `${address} (${text})` : address];
  if (app.kind !== "gateway" || replica.number > 1) return [row];
  const isPageServed = mesh.mode === "production" && builtPageOf(app) !== undefined;
  const page: [string, string][] = isPageServed ? [["Web page", address.replace("127.0.0.1", "localhost")]] : [];
  return [...page, row, ["REST", `${address}/reference`]];
}

function noteOnPort({ app, name, number }: Replica, mesh: Mesh, settings: DevSettings): string {
  const first = app.kind === "web" ? settings.WEB_PORT : settings.GATEWAY_PORT;
  if (app.kind === "service" || first === 0 || number > 1) return "";
  return first === mesh.ports.get(name) ? "" : `${first} was taken`;
}

function noteOnDebugger(replica: Replica, settings: DevSettings): string {
  const port = inspectPortOf(replica, settings.MESH_INSPECT.split(","));
  return port ? `debugger on port ${port}` : "";
}

/** Returns the URL of a server without its password. */
function serverOf(url: string, setting: string | undefined): string {
  const { protocol, host, pathname } = new URL(url);
  const shown = `${protocol}//${host}${pathname}`.replace(/\/$/, "");
  return setting ? `${shown} (yours)` : shown;
}
