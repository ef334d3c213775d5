import type { Socket } from "node:net";
import { openAppLog } from "../log/app-log.ts";
import { logFile } from "./data-folder.ts";
import type { Mesh } from "./mesh.ts";
import type { StartOptions } from "./npm-start.ts";
import type { RunRequest } from "./request.ts";
import { openRunner, type Runner } from "./runner.ts";
import { settingsOfClone } from "./settings.ts";
import { isStarting } from "./start-state.ts";
import { summaryOf } from "./summary.ts";

/** The time without a change before the summary is printed, because apps are requested one after another. */
const settleMs = 500;

/** Runs NATS and PostgreSQL, and each app that another process requests, until that process ends. */
export async function turboDev({ root, progress, startedAt }: StartOptions): Promise<void> {
  const settings = await settingsOfClone(root);
  const summarize = summaryPrinter(async (mesh) => {
    progress.print(summaryOf(mesh, settings, startedAt));
    (await opening).check(mesh.running);
  });
  const opening: Promise<Runner> = progress.step("NATS and PostgreSQL", () =>
    openRunner({
      root,
      settings,
      print: progress.print,
      onState: () => summarize(opening),
      onRun: async (request, socket) => runRequested(await opening, root, request, socket),
    }),
  );
  await opening;
}

/** Returns a function that prints the summary when no app is starting any more, once for the same apps. */
function summaryPrinter(print: (mesh: Mesh) => void): (opening: Promise<Runner>) => void {
  let timer: NodeJS.Timeout | undefined;
  let printed = "";

  function printIfNew(mesh: Mesh): void {
    const { running } = mesh;
    if (running.length === 0 || running.some((app) => isStarting(app, mesh))) return;
    const names = running.map(({ replica }) => replica.name).join();
    if (names !== printed) print(mesh);
    printed = names;
  }

  return (opening) => {
    clearTimeout(timer);
    timer = setTimeout(async () => printIfNew((await opening).mesh), settleMs);
  };
}

/** Runs an app and sends its output to the socket, until the socket closes. */
function runRequested({ mesh, token }: Runner, root: string, request: RunRequest, socket: Socket): void {
  if (request.token !== token || socket.destroyed) return void socket.destroy();
  const app = mesh.apps.find(({ name }) => name === request.run);
  if (!app) return void socket.end(`${request.run} cannot run, because it has no src/main.ts\n`);
  if (mesh.running.some((running) => running.app === app)) {
    return void socket.end(`${request.run} is already running\n`);
  }
  socket.once("close", () => void mesh.end(app));
  void mesh.run(app, ({ name }) =>
    openAppLog({
      file: logFile(root, name),
      show: (line) => void socket.write(`${line}\n`),
      pretty: request.pretty,
      // Turborepo prints the name of the app.
      prefix: name === app.name ? "" : `${name} │ `,
      isQuiet: () => false,
    }),
  );
}
