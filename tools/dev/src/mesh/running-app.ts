import { join, sep } from "node:path";
import { openBundler } from "../build/bundler.ts";
import type { AppLog } from "../log/app-log.ts";
import { startChild } from "../process/child.ts";
import { type AppState, supervise } from "../process/supervisor.ts";
import type { App } from "./app.ts";
import { launchOf, seedOf } from "./launch.ts";
import { untilAnswers } from "./probe.ts";

/** An app that is part of a running mesh. */
export interface RunningApp {
  readonly app: App;
  readonly state: AppState;
  /** Whether its last build failed; what was built before may still run. */
  readonly isBroken: boolean;
  /** Whether it was built from one of these files, or one of them is new in its folder. */
  isBuiltFrom(files: ReadonlySet<string>): boolean;
  /** Builds it, and starts it if that changed anything or it does not run. */
  refresh(): Promise<void>;
  /** Starts it again if its environment changed. */
  relaunch(): Promise<void>;
  /** Settles when its examples are in; undefined: they were not begun. */
  readonly seeding: Promise<void> | undefined;
  stop(): Promise<void>;
}

/** What an app needs to become part of a mesh. */
export interface RunningAppOptions {
  readonly root: string;
  readonly app: App;
  readonly log: AppLog;
  readonly inspected: readonly string[];
  readonly environment: () => Promise<NodeJS.ProcessEnv>;
  /** Where the web page answers. */
  readonly url: () => string;
  /** Called before each start. */
  readonly onLaunch: () => Promise<void>;
  readonly onInputs: (files: readonly string[]) => void;
  readonly onState: (state: AppState) => void;
  /** See `Program` of the supervisor. */
  readonly mend: () => Promise<boolean>;
}

/** Prepares an app; `refresh` starts it. */
export async function openRunningApp(options: RunningAppOptions): Promise<RunningApp> {
  const { root, app, log } = options;
  const bundler = app.kind === "web" ? undefined : await openBundler(root, app.folder);
  let inputs: ReadonlySet<string> = new Set();
  let seeding: Promise<void> | undefined;
  let isBroken = false;

  const onState = (state: AppState) => {
    if (state === "ready") seeding ??= seed(options);
    options.onState(state);
  };
  async function build() {
    if (!bundler) return { canRun: true, isNew: false };
    const built = await bundler.build();
    isBroken = built.errors.length > 0;
    for (const error of built.errors) log.notice(error);
    if (!isBroken) inputs = new Set(built.inputs);
    options.onInputs(built.inputs);
    return { canRun: !isBroken, isNew: built.isNew };
  }
  const supervisor = supervise({
    build,
    launch: async () => launchOf(app, await options.environment(), options.inspected),
    onLaunch: options.onLaunch,
    ...(app.kind === "web" ? { answers: (signal: AbortSignal) => untilAnswers(options.url(), signal) } : {}),
    mend: options.mend,
    onLine: log.line,
    onNotice: log.notice,
    onState,
  });
  return {
    app,
    get state() {
      return supervisor.state;
    },
    get isBroken() {
      return isBroken;
    },
    get seeding() {
      return seeding;
    },
    isBuiltFrom: (files) => [...files].some((file) => inputs.has(file) || file.startsWith(sourcesOf(app))),
    refresh: supervisor.refresh,
    relaunch: supervisor.relaunch,
    async stop() {
      await supervisor.stop();
      await bundler?.close();
      log.close();
    },
  };
}

/** What is watched even while an app can't be built: a missing file may appear there. */
export function sourcesOf(app: App): string {
  return join(app.folder, "src") + sep;
}

/** Fills a service with examples; a seed finds out by itself whether they are there. */
async function seed({ app, environment, log }: RunningAppOptions): Promise<void> {
  const launch = seedOf(app, await environment());
  if (!launch) return;
  const { code, signal } = await startChild(launch, { onLine: log.line, onReady: () => {} }).exited;
  if (code !== 0) log.notice(`its examples could not be put in (${signal ?? `exit code ${code}`})`);
}
