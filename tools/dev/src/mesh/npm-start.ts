import { type AppLog, openAppLog } from "../log/app-log.ts";
import { colored } from "../log/color.ts";
import type { Progress } from "../log/progress.mjs";
import type { App } from "./app.ts";
import type { AppGroup } from "./app-group.ts";
import { logFile } from "./data-folder.ts";
import type { Mesh } from "./mesh.ts";
import type { Mode } from "./mode.ts";
import { ReadyNotices } from "./ready-notices.ts";
import type { Replica } from "./replicas.ts";
import { openRunner, type Runner } from "./runner.ts";
import type { RunningApp } from "./running-app.ts";
import { settingsOfClone } from "./settings.ts";
import { stateOf, untilStarted } from "./start-state.ts";
import { summaryOf } from "./summary.ts";

/** Settings of a start. */
export interface StartOptions {
  readonly root: string;
  readonly progress: Progress;
  /** The time when the start began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Default: development. */
  readonly mode?: Mode;
  /** The apps that share processes. Default: none. */
  readonly groups?: readonly AppGroup[];
}

const colors = ["cyan", "magenta", "yellow", "green", "blue", "red"] as const;

/** Runs the whole mesh of a clone in this process, until it gets a signal. */
export async function npmStart({
  root,
  progress,
  startedAt,
  mode = "development",
  groups,
}: StartOptions): Promise<void> {
  const settings = await settingsOfClone(root);
  const notices = new ReadyNotices(progress.print);
  const runner: Runner = await progress.step("NATS and PostgreSQL", () =>
    openRunner({
      root,
      settings,
      mode,
      groups,
      print: progress.print,
      onState: notices.onState,
      onNew: (app) => run(app),
    }),
  );
  const { mesh, isEnding } = runner;
  const run = (app: App): Promise<void> =>
    mesh.run(app, (replica) =>
      openLog(root, replica, mesh, {
        show: (line) => isEnding() || progress.print(line),
        isQuiet: () => notices.isStarting,
      }),
    );
  await progress.step(
    stepOf(mode, groups),
    async () => {
      await Promise.all(mesh.apps.map(run));
      await untilStarted(mesh);
    },
    () => unreadyIn(mesh),
  );
  const unseeded = () => mesh.running.filter(({ isSeeded }) => isSeeded === false).map(({ app }) => app.name);
  await progress.step(
    "products and stock of the shop",
    () => Promise.all(mesh.running.map(({ seeding }) => seeding)),
    () => unseeded().join(", "),
  );
  notices.isStarting = false;
  // After a stop during the start, the addresses are of no use.
  if (isEnding()) return;
  progress.print(summaryOf(mesh, settings, startedAt));
  if (mode === "development") runner.check(mesh.running);
}

function stepOf(mode: Mode, groups: readonly AppGroup[] | undefined): string {
  const page = mode === "production" ? "" : ", web page";
  return `${groups ? groups.map(({ name }) => name).join(", ") : "services, gateway"}${page}`;
}

function unreadyIn(mesh: Mesh): string {
  const unready = mesh.running.filter(({ state }) => state !== "ready");
  return unready.map((running) => nameWithState(running, mesh)).join(", ");
}

/** A replica that is starting is the usual case, so that its name suffices. */
function nameWithState(running: RunningApp, mesh: Mesh): string {
  const state = stateOf(running, mesh);
  const { name } = running.replica;
  return state === "starting" ? name : `${name} (${state})`;
}

function openLog(
  root: string,
  replica: Replica,
  mesh: Mesh,
  options: { show: (line: string) => void; isQuiet: () => boolean },
): AppLog {
  const pretty = process.stdout.isTTY;
  return openAppLog({ file: logFile(root, replica.name), pretty, prefix: prefixOf(replica, mesh), ...options });
}

/** Returns the name of a replica, padded, in the color of its app. */
function prefixOf({ app, name }: Replica, mesh: Mesh): string {
  const names = mesh.apps.flatMap((one) => mesh.replicasOf(one)).map((replica) => replica.name);
  const width = Math.max(...names.map(({ length }) => length));
  const color = colors[mesh.apps.indexOf(app) % colors.length] ?? "cyan";
  return colored(color, `${name.padEnd(width)} │ `);
}
