import { join, sep } from "node:path";
import { type Bundler, createBundler } from "../build/bundler.ts";
import type { AppLog } from "../log/app-log.ts";
import { startChild } from "../process/child.ts";
import { type AppState, Supervisor } from "../process/supervisor.ts";
import type { App } from "./app.ts";
import { launchOf, seedOf } from "./launch.ts";
import { stampOf } from "./migration-stamp.ts";
import { untilResponding } from "./probe.ts";

/** Settings of a running app. */
export interface RunningAppOptions {
  readonly root: string;
  readonly app: App;
  readonly log: AppLog;
  /** Names of the apps to debug. */
  readonly inspected: readonly string[];
  readonly environment: () => Promise<NodeJS.ProcessEnv>;
  /** The environment of the seed program, which calls services on behalf of the developer. */
  readonly seedEnvironment: () => Promise<NodeJS.ProcessEnv>;
  /** Returns the URL of the web page. */
  readonly url: () => string;
  /** Called before each start. */
  readonly onLaunch: () => Promise<void>;
  /** Called with the source files of each build. */
  readonly onInputs: (files: readonly string[]) => void;
  readonly onState: (state: AppState) => void;
  /** See `Program` of the supervisor. */
  readonly fix: () => Promise<boolean>;
}

/** An app that a mesh builds, runs and restarts. `refresh` starts it. */
export class RunningApp {
  readonly app: App;
  readonly #options: RunningAppOptions;
  readonly #bundler: Bundler | undefined;
  readonly #supervisor: Supervisor;
  #inputs: ReadonlySet<string> = new Set();
  #migrations = "";
  #isBroken = false;
  #seeding: Promise<void> | undefined;
  #isSeeded: boolean | undefined;

  constructor(options: RunningAppOptions) {
    const { root, app, log } = options;
    this.app = app;
    this.#options = options;
    this.#bundler = app.kind === "web" ? undefined : createBundler(root, app.folder);
    this.#supervisor = new Supervisor({
      build: () => this.#build(),
      launch: async () => launchOf(app, await options.environment(), options.inspected),
      onLaunch: (attempt) => {
        log.begin(attempt);
        return options.onLaunch();
      },
      ...(app.kind === "web"
        ? { untilResponding: (signal: AbortSignal) => untilResponding(options.url(), signal) }
        : {}),
      fix: options.fix,
      onLine: log.line,
      onFailure: log.fail,
      onState: (state) => this.#onState(state),
    });
  }

  get state(): AppState {
    return this.#supervisor.state;
  }

  /** Whether the last build failed. The previous build may still run. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Resolves when its seed program has ended; undefined before the first start. */
  get seeding(): Promise<void> | undefined {
    return this.#seeding;
  }

  /** Whether the example data was added; undefined if it has no seed program, or none has ended. */
  get isSeeded(): boolean | undefined {
    return this.#isSeeded;
  }

  /** Returns whether one of these files is a source or a migration of the app, or lies in its source folder. */
  isBuiltFrom(files: ReadonlySet<string>): boolean {
    return [...files].some((file) => this.#inputs.has(file) || watchedOf(this.app).some((one) => file.startsWith(one)));
  }

  /** Builds the app, and starts it if the build changed it or it does not run. */
  refresh(): Promise<void> {
    return this.#supervisor.refresh();
  }

  /** Restarts the app if its environment changed. */
  relaunch(): Promise<void> {
    return this.#supervisor.relaunch();
  }

  /** Does some work on the app's data while it is stopped, then starts it and adds its example data again. */
  restart(work: () => Promise<void>): Promise<void> {
    this.#seeding = undefined;
    return this.#supervisor.restart(work);
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#options.log.close();
  }

  async #build(): Promise<{ canRun: boolean; isNew: boolean }> {
    if (!this.#bundler) return { canRun: true, isNew: false };
    const { errors, inputs, isNew } = await this.#bundler.build();
    this.#isBroken = errors.length > 0;
    for (const error of errors) this.#options.log.notice(error);
    if (!this.#isBroken) this.#inputs = new Set(inputs);
    this.#options.onInputs(inputs);
    return { canRun: !this.#isBroken, isNew: this.#hasNewMigrations() || isNew };
  }

  /** Returns whether the migrations differ from those of the previous build. The app applies them when it starts. */
  #hasNewMigrations(): boolean {
    const before = this.#migrations;
    this.#migrations = stampOf(migrationsOf(this.app)) ?? before;
    return this.#migrations !== before;
  }

  #onState(state: AppState): void {
    if (state === "ready") {
      this.#options.log.succeed();
      this.#seeding ??= this.#seed().catch((error: unknown) => this.#onSeedError(error));
    }
    this.#options.onState(state);
  }

  /** Adds example data to a service, unless its seed program finds it. */
  async #seed(): Promise<void> {
    const { app, seedEnvironment, log } = this.#options;
    const launch = seedOf(app, await seedEnvironment());
    if (!launch) return;
    const { code, signal } = await startChild(launch, { onLine: log.line, onReady: () => {} }).exited;
    if (code !== 0) throw new Error(signal ?? `exit code ${code}`);
    this.#isSeeded = true;
  }

  #onSeedError(error: unknown): void {
    this.#isSeeded = false;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.notice(`adding its example data failed (${reason})`);
  }
}

/** Returns the folders of an app to watch: the sources, because a missing file may appear there, and the migrations. */
export function watchedOf(app: App): string[] {
  return [join(app.folder, "src") + sep, migrationsOf(app) + sep];
}

function migrationsOf(app: App): string {
  return join(app.folder, "migrations");
}
