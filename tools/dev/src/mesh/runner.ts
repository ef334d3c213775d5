import { rename, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { onAncestorGone } from "../process/ancestors.ts";
import { killKept } from "../process/keeper.ts";
import type { AppState } from "../process/supervisor.ts";
import type { App } from "./app.ts";
import { claimClone, type Request } from "./claim.ts";
import { addressOf } from "./environment.ts";
import { dataFolder, type Mesh, openMesh } from "./mesh.ts";
import { sourcesOf } from "./running-app.ts";
import { openSaveHandler } from "./save-handler.ts";
import { keptSecret } from "./secret.ts";
import type { DevSettings } from "./settings.ts";

/** A mesh that runs until this process is asked to end, or orphaned. */
export interface Runner {
  readonly mesh: Mesh;
  /** What another process must know to ask something of this one. */
  readonly token: string;
  /** Whether it was asked to end: what apps say then is of no interest. */
  readonly isEnding: () => boolean;
}

/** Whom a session tells what. */
export interface RunnerOptions {
  readonly root: string;
  readonly settings: DevSettings;
  readonly print: (text: string) => void;
  readonly onState: (app: App, state: AppState) => void;
  /** Runs an app that was added while the mesh runs; without it, a new start is needed. */
  readonly onNew?: (app: App) => Promise<void>;
  readonly onRequest?: (request: Request, socket: Socket) => void;
}

/** The longest that ending may take, the promise being five seconds; what is left then is killed. */
const endTimeoutMs = 4_000;

/**
 * Claims the clone, starts its servers, and sees to it that all ends with this process.
 *
 * @throws AlreadyRunningError when another process runs this clone's mesh
 */
export async function openRunner(options: RunnerOptions): Promise<Runner> {
  const { root, settings, print } = options;
  const claim = await claimClone(root, options.onRequest ?? ((_request, socket) => socket.destroy()));
  let mesh: Mesh | undefined;
  const adopt = async () => {
    const { onNew } = options;
    if (!mesh || !onNew) return false;
    const added = await mesh.adopt();
    loop.watch(added.map(sourcesOf));
    await Promise.all(added.map(onNew));
    return added.length > 0;
  };
  const loop = openSaveHandler(root, () => mesh, print, adopt);
  const isEnding = endOnRequest(print, async () => {
    await loop.close();
    await mesh?.close();
  });
  mesh = await openMesh({
    root,
    settings,
    onNotice: print,
    onInputs: loop.watch,
    onState(app, state) {
      options.onState(app, state);
      if (state === "ready") void describe();
    },
  });
  loop.watch(mesh.apps.map(sourcesOf));
  // The same as before: who asks may have read it in what an earlier run wrote.
  const token = await keptSecret(dataFolder(root), "token");
  let described = Promise.resolve();
  // One after the other, so that what is written last is what holds.
  const describe = () => {
    described = described.then(() => mesh && writeRunFile(root, mesh, { pid: process.pid, port: claim.port, token }));
    return described;
  };
  await describe();
  return { mesh, token, isEnding };
}

/** Tells others what runs where, whenever that may have changed; only its owner may read the passwords in it. */
async function writeRunFile(root: string, mesh: Mesh, control: object): Promise<void> {
  const apps = Object.fromEntries(mesh.apps.map((app) => [app.name, addressOf(app, mesh.ports)]));
  const { natsUrl, postgresUrl } = mesh;
  const text = JSON.stringify({ ...control, natsUrl, postgresUrl, apps }, undefined, 2);
  const [draft, file] = [join(dataFolder(root), "run.json.draft"), join(dataFolder(root), "run.json")];
  await writeFile(draft, `${text}\n`, { mode: 0o600 });
  // In one step: who reads it never finds half of it.
  await rename(draft, file);
}

/** Returns whether somebody asked. */
function endOnRequest(print: (text: string) => void, close: () => Promise<void>): () => boolean {
  const exit = () => {
    killKept();
    process.exit(0);
  };
  let isEnding = false;
  const end = (reason?: string) => {
    // Whoever asks twice is in a hurry.
    if (isEnding) exit();
    isEnding = true;
    print(reason ?? "stopping");
    setTimeout(exit, endTimeoutMs);
    void close().finally(exit);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end());
  void onAncestorGone(() => end("what started this is gone; stopping"));
  return () => isEnding;
}
