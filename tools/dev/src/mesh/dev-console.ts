import { basename } from "node:path";
import { readSettings } from "@mesh/runtime";
import * as z from "zod";
import { type RunningConsole, startConsole } from "../console/console.ts";
import type { ConsoleProcess, ConsoleSource } from "../console/source.ts";
import type { AddressBook } from "./address-book.ts";
import type { App } from "./app.ts";
import { databasePrefix, databasesOf } from "./app-databases.ts";
import { logFile } from "./data-folder.ts";
import { addressOf } from "./environment.ts";
import type { RunningApp } from "./running-app.ts";
import type { DevSettings } from "./settings.ts";

/** The console of a mesh. */
export interface DevConsole extends RunningConsole {
  /** The settings by which processes send it their traces; none if they have a collector. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What the console shows of a mesh; see `Mesh`. */
interface ShownMesh {
  readonly natsUrl: string;
  readonly postgresUrl: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly metricsPorts: ReadonlyMap<string, number>;
  readonly apps: readonly App[];
  readonly running: readonly RunningApp[];
}

/** Starts the console of a mesh. */
export async function openDevConsole(options: {
  readonly root: string;
  readonly settings: DevSettings;
  readonly addresses: AddressBook;
  /** Undefined: it is not open yet. */
  readonly mesh: () => ShownMesh | undefined;
}): Promise<DevConsole> {
  const { root, settings, addresses } = options;
  let known: ConsoleSource | undefined;
  const source = () => {
    const mesh = options.mesh();
    if (mesh) known ??= sourceOf(mesh, root);
    return known;
  };
  const console = await addresses.serve(settings.CONSOLE_PORT, (port) => startConsole({ port, source }));
  return { ...console, environment: ownCollector() ? {} : traceSettings(console.url) };
}

/** All traces are recorded, and sent soon, because a developer waits for them. */
function traceSettings(url: string): NodeJS.ProcessEnv {
  const text = z.string().optional();
  const { OTEL_TRACES_SAMPLER_ARG = "1" } = readSettings({ OTEL_TRACES_SAMPLER_ARG: text });
  const { OTEL_BSP_SCHEDULE_DELAY = "500" } = process.env;
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER_ARG, OTEL_BSP_SCHEDULE_DELAY };
}

/** The address of the developer's own collector. */
function ownCollector(): string | undefined {
  const text = z.string().optional();
  const settings = readSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text, OTEL_EXPORTER_OTLP_ENDPOINT: text });
  return settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_ENDPOINT;
}

function sourceOf(mesh: ShownMesh, root: string): ConsoleSource {
  const { natsUrl, postgresUrl } = mesh;
  return {
    project: basename(root),
    natsUrl,
    postgresUrl,
    collector: ownCollector(),
    get proxies() {
      const port = mesh.ports.get("web");
      return port === undefined ? [] : [`localhost:${port}`, `127.0.0.1:${port}`];
    },
    get processes() {
      return mesh.running.map((running) => processOf(running, mesh, root));
    },
    get databases() {
      return mesh.apps.flatMap((app) => databasesOf(app, databasePrefix).map(({ name }) => ({ name, app: app.name })));
    },
    async restart(name) {
      const running = mesh.running.find(({ replica }) => replica.name === name);
      await running?.restart();
      return running !== undefined;
    },
  };
}

function processOf({ app, replica, state, pid }: RunningApp, mesh: ShownMesh, root: string): ConsoleProcess {
  const { name } = replica;
  const metricsPort = mesh.metricsPorts.get(name);
  return {
    name,
    kind: app.kind,
    state,
    pid: pid ?? null,
    address: addressOf(replica, mesh.ports),
    metricsUrl: metricsPort === undefined ? undefined : `http://127.0.0.1:${metricsPort}/metrics`,
    logFile: logFile(root, name),
  };
}
