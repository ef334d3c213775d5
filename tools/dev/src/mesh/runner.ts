import type { Socket } from "node:net";
import type { AppState } from "../process/supervisor.ts";
import type { App } from "./app.ts";
import { watchedOf } from "./app-build.ts";
import type { AppGroup } from "./app-group.ts";
import { claimClone } from "./claim.ts";
import { dataFolder } from "./data-folder.ts";
import { type Mesh, openMesh } from "./mesh.ts";
import type { Mode } from "./mode.ts";
import type { Replica } from "./replicas.ts";
import type { ResetRequest, RunRequest } from "./request.ts";
import { RunFile } from "./run-file.ts";
import type { RunningApp } from "./running-app.ts";
import { SaveHandler } from "./save-handler.ts";
import { keptSecret } from "./secret.ts";
import type { DevSettings } from "./settings.ts";
import { shutDownOnSignal } from "./shutdown.ts";

/** A mesh that runs until this process gets a signal, or its parent ends. */
export interface Runner {
  readonly mesh: Mesh;
  /** The secret that requests of other processes contain. */
  readonly token: string;
  /** Returns whether the shutdown began. The output of apps does not matter any more then. */
  readonly isEnding: () => boolean;
  /** Checks the types and the schemas of these apps in the background, and prints errors. */
  readonly check: (apps: readonly RunningApp[]) => void;
}

/** Settings of a runner, and callbacks about it. */
export interface RunnerOptions {
  readonly root: string;
  readonly settings: DevSettings;
  /** Default: development. In production, saves have no effect. */
  readonly mode?: Mode;
  /** The apps that share processes. Default: none. */
  readonly groups?: readonly AppGroup[] | undefined;
  readonly print: (text: string) => void;
  readonly onState: (replica: Replica, state: AppState) => void;
  /** Runs an app that was added while the mesh runs. Without it, a new app runs only after a restart. */
  readonly onNew?: (app: App) => Promise<void>;
  /** Runs an app for another process. Without it, other processes cannot run apps. */
  readonly onRun?: (request: RunRequest, socket: Socket) => void;
}

/**
 * Claims the clone, opens its mesh, and handles saves and the end of this process.
 *
 * @throws AlreadyRunningError if another process runs this clone's mesh
 */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const { root, settings, mode = "development", print, onNew } = options;
  let mesh: Mesh | undefined;
  const claim = await claimClone(root, async (request, socket) => {
    if ("run" in request && options.onRun) options.onRun(request, socket);
    else if ("reset" in request && mesh && request.token === (await tokenOf(root))) void reset(mesh, request, socket);
    else socket.destroy();
  });
  let runFile: RunFile | undefined;
  const saves = new SaveHandler({ root, onNotice: print, mesh: () => mesh, onNew });
  const isEnding = shutDownOnSignal(mode, print, async () => {
    await saves.close();
    await mesh?.close();
  });
  const onState = (replica: Replica, state: AppState) => {
    options.onState(replica, state);
    if (mesh && state === "ready") void runFile?.write(mesh);
  };
  const { groups } = options;
  mesh = await openMesh({
    root,
    settings,
    mode,
    groups,
    onNotice: print,
    onInputs: (files) => saves.watch(files),
    onState,
  });
  if (mode === "development") saves.watch(mesh.apps.flatMap(watchedOf));
  const token = await tokenOf(root);
  runFile = new RunFile(root, { pid: process.pid, port: claim.port, token });
  await runFile.write(mesh);
  return { mesh, token, isEnding, check: (apps) => saves.check(apps) };
}

/** The same in each run, because another process may have read it from the file of an earlier run. */
function tokenOf(root: string): Promise<string> {
  return keptSecret(dataFolder(root), "token");
}

/** Removes the databases of an app, and responds with the result. */
async function reset(mesh: Mesh, request: ResetRequest, socket: Socket): Promise<void> {
  const app = mesh.apps.find(({ name }) => name === request.reset);
  const error = await (app ? mesh.reset(app) : Promise.reject(new Error(`there is no ${request.reset}`))).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
  );
  socket.end(`${JSON.stringify({ error })}\n`);
}
