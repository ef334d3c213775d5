import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { settingsOrExit } from "@mesh/runtime";
import { openAppLog } from "../log/app-log.ts";
import { colored } from "../log/color.ts";
import type { Progress } from "../log/progress.mjs";
import type { App } from "./app.ts";
import { dataFolder, type Mesh } from "./mesh.ts";
import { openRunner, type Runner } from "./runner.ts";
import { readDevSettings } from "./settings.ts";
import { summaryOf } from "./summary.ts";

/** How `npm start` calls. */
export interface RunOptions {
  readonly root: string;
  readonly progress: Progress;
  /** When the start began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

const colors = ["cyan", "magenta", "yellow", "green", "blue", "red"] as const;

/** Runs all of a clone's mesh in this process, until it is asked to end. */
export async function npmStart({ root, progress, startedAt }: RunOptions): Promise<void> {
  const settings = settingsOrExit(readDevSettings);
  let isStarting = true;
  const wereReady = new Set<string>();
  const session: Runner = await progress.step("NATS and PostgreSQL", () =>
    openRunner({
      root,
      settings,
      print: progress.print,
      onState: (app, state) => {
        if (state !== "ready") return;
        if (!isStarting)
          progress.print(colored("gray", `${app.name} is ready${wereReady.has(app.name) ? " again" : ""}`));
        wereReady.add(app.name);
      },
      onNew: (app) => start(app, session.mesh.apps.length - 1),
    }),
  );
  const { mesh, isEnding } = session;
  const pretty = process.stdout.isTTY;
  const start = (app: App, index: number): Promise<void> =>
    mesh.run(
      app,
      openAppLog({
        file: join(dataFolder(root), "logs", `${app.name}.log`),
        show: (line) => isEnding() || progress.print(line),
        pretty,
        prefix: prefixOf(app, index, mesh.apps),
        isQuiet: () => isStarting,
      }),
    );
  await progress.step(
    "services, gateway, web page",
    async () => {
      await Promise.all(mesh.apps.map(start));
      await untilSettled(mesh);
    },
    () => waitingFor(mesh),
  );
  await progress.step("products and stock of the shop", async () => {
    await Promise.all([...mesh.members.values()].map(({ seeding }) => seeding));
  });
  // Who stopped it while it started needs no addresses of what is gone.
  if (!isEnding()) progress.print(summaryOf(mesh, settings, startedAt));
  isStarting = false;
}

/** Waits until each app is ready, or can't be for the time being. */
export async function untilSettled(mesh: Mesh): Promise<void> {
  while ([...mesh.members.values()].some(({ state }) => state === "starting")) await delay(20);
}

function waitingFor(mesh: Mesh): string {
  const waiting = [...mesh.members.values()].filter(({ state }) => state === "starting");
  return waiting.map(({ app }) => app.name).join(", ");
}

function prefixOf(app: App, index: number, apps: readonly App[]): string {
  const width = Math.max(...apps.map(({ name }) => name.length));
  const name = `${app.name.padEnd(width)} │ `;
  return colored(colors[index % colors.length] ?? "cyan", name);
}
