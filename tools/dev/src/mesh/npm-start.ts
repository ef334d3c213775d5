import { setTimeout as delay } from "node:timers/promises";
import { settingsOrExit } from "@mesh/runtime";
import { type AppLog, openAppLog } from "../log/app-log.ts";
import { colored } from "../log/color.ts";
import type { Progress } from "../log/progress.mjs";
import type { App } from "./app.ts";
import { logFile } from "./data-folder.ts";
import type { Mesh } from "./mesh.ts";
import { ReadyNotices } from "./ready-notices.ts";
import { openRunner, type Runner } from "./runner.ts";
import { readDevSettings } from "./settings.ts";
import { summaryOf } from "./summary.ts";

/** Settings of a start. */
export interface StartOptions {
  readonly root: string;
  readonly progress: Progress;
  /** The time when the start began, in milliseconds since the epoch. */
  readonly startedAt: number;
}

const colors = ["cyan", "magenta", "yellow", "green", "blue", "red"] as const;

/** Runs the whole mesh of a clone in this process, until it gets a signal. */
export async function npmStart({ root, progress, startedAt }: StartOptions): Promise<void> {
  const settings = settingsOrExit(readDevSettings);
  const notices = new ReadyNotices(progress.print);
  const runner: Runner = await progress.step("NATS and PostgreSQL", () =>
    openRunner({ root, settings, print: progress.print, onState: notices.onState, onNew: (app) => run(app) }),
  );
  const { mesh, isEnding } = runner;
  const run = (app: App): Promise<void> =>
    mesh.run(
      app,
      openLog(root, app, mesh.apps, {
        show: (line) => isEnding() || progress.print(line),
        isQuiet: () => notices.isStarting,
      }),
    );
  await progress.step(
    "services, gateway, web page",
    async () => {
      await Promise.all(mesh.apps.map(run));
      await untilStarted(mesh);
    },
    () => startingIn(mesh).join(", "),
  );
  await progress.step("products and stock of the shop", async () => {
    await Promise.all(mesh.running.map(({ seeding }) => seeding));
  });
  // After a stop during the start, the addresses are of no use.
  if (!isEnding()) progress.print(summaryOf(mesh, settings, startedAt));
  notices.isStarting = false;
}

/** Waits until each app is ready, or failed to start. */
async function untilStarted(mesh: Mesh): Promise<void> {
  while (startingIn(mesh).length > 0) await delay(20);
}

function startingIn(mesh: Mesh): string[] {
  return mesh.running.filter(({ state }) => state === "starting").map(({ app }) => app.name);
}

function openLog(
  root: string,
  app: App,
  apps: readonly App[],
  options: { show: (line: string) => void; isQuiet: () => boolean },
): AppLog {
  const pretty = process.stdout.isTTY;
  return openAppLog({ file: logFile(root, app.name), pretty, prefix: prefixOf(app, apps), ...options });
}

/** Returns the name of an app, padded and colored. */
function prefixOf(app: App, apps: readonly App[]): string {
  const width = Math.max(...apps.map(({ name }) => name.length));
  const color = colors[apps.indexOf(app) % colors.length] ?? "cyan";
  return colored(color, `${app.name.padEnd(width)} │ `);
}
