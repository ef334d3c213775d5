import type { Socket } from "node:net";
import { join } from "node:path";
import { settingsOrExit } from "@mesh/runtime";
import { openAppLog } from "../log/app-log.ts";
import type { Request } from "./claim.ts";
import { dataFolder, type Mesh } from "./mesh.ts";
import type { RunOptions } from "./npm-start.ts";
import { openRunner, type Runner } from "./runner.ts";
import { readDevSettings } from "./settings.ts";
import { summaryOf } from "./summary.ts";

/** How long nothing must change before the summary is printed: apps ask one after the other. */
const settleMs = 500;

/** Runs NATS and PostgreSQL, and those apps for which another process asks, for as long as that one lives. */
export async function turboDev({ root, progress, startedAt }: RunOptions): Promise<void> {
  const settings = settingsOrExit(readDevSettings);
  let timer: NodeJS.Timeout | undefined;
  let summary = "";

  const summarize = (mesh: Mesh) => {
    const members = [...mesh.members.values()];
    if (members.length === 0 || members.some(({ state }) => state === "starting")) return;
    const names = members.map(({ app }) => app.name).join();
    if (names === summary) return;
    summary = names;
    progress.print(summaryOf(mesh, settings, startedAt));
  };
  const opening: Promise<Runner> = progress.step("NATS and PostgreSQL", () =>
    openRunner({
      root,
      settings,
      print: progress.print,
      onState: () => {
        clearTimeout(timer);
        timer = setTimeout(async () => summarize((await opening).mesh), settleMs);
      },
      onRequest: async (request, socket) => serve(await opening, root, request, socket),
    }),
  );
  await opening;
}

function serve({ mesh, token }: Runner, root: string, request: Request, socket: Socket): void {
  if (!("run" in request) || request.token !== token || socket.destroyed) return void socket.destroy();
  const app = mesh.apps.find(({ name }) => name === request.run);
  const refusal = app ? mesh.members.has(app.name) && "runs already" : "has no src/main.ts, so there is nothing to run";
  if (!app || refusal) return void socket.end(`${request.run} ${refusal}\n`);
  const log = openAppLog({
    file: join(dataFolder(root), "logs", `${app.name}.log`),
    show: (line) => void socket.write(`${line}\n`),
    pretty: request.pretty,
    prefix: "",
    isQuiet: () => false,
  });
  socket.once("close", () => void mesh.end(app));
  void mesh.run(app, log);
}
