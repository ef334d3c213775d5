import type { AppLog } from "../log/app-log.ts";
import { startChild } from "../process/child.ts";
import { type AppState, Supervisor } from "../process/supervisor.ts";
import type { App } from "./app.ts";
import type { AppBuild } from "./app-build.ts";
import { buildLaunchOf, launchOf, seedsOf } from "./launch.ts";
import type { Mode } from "./mode.ts";
import { untilResponding } from "./probe.ts";
import type { Replica } from "./replicas.ts";

/** Settings of a running app. */
export interface RunningAppOptions {
  readonly replica: Replica;
  readonly build: AppBuild;
  readonly mode: Mode;
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
  readonly onState: (state: AppState) => void;
  /** See `Program` of the supervisor. */
  readonly fix: () => Promise<boolean>;
}

/** The time that an app has to stop in production, where it reports its end to load balancers first. */
const productionStopMs = 25_000;

/** A replica of an app that a mesh builds, runs and restarts. `refresh` starts it. */
export class RunningApp {
  readonly replica: Replica;
  readonly #options: RunningAppOptions;
  readonly #supervisor: Supervisor;
  #version = 0;
  #seeding: Promise<void> | undefined;
  #isSeeded: boolean | undefined;

  constructor(options: RunningAppOptions) {
    const { replica, log } = options;
    const { app } = replica;
    this.replica = replica;
    this.#options = options;
    this.#supervisor = new Supervisor({
      build: () => this.#build(),
      launch: async () => {
        const env = await options.environment();
        return options.mode === "production" ? buildLaunchOf(replica, env) : launchOf(replica, env, options.inspected);
      },
      ...(options.mode === "production" && { stopTimeoutMs: productionStopMs }),
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

  /** Undefined: it does not run. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  get app(): App {
    return this.replica.app;
  }

  /** The build that it shares with the other replicas of its app. */
  get build(): AppBuild {
    return this.#options.build;
  }

  /** Resolves when its seed program has ended; undefined before the first start. */
  get seeding(): Promise<void> | undefined {
    return this.#seeding;
  }

  /** Whether the example data was added; undefined if it runs no seed program, or none has ended. */
  get isSeeded(): boolean | undefined {
    return this.#isSeeded;
  }

  /** Builds the app, and starts it if the build changed it or it does not run. */
  refresh(): Promise<void> {
    return this.#supervisor.refresh();
  }

  /** Restarts the app if its environment changed. */
  relaunch(): Promise<void> {
    return this.#supervisor.relaunch();
  }

  /** Stops the app, and starts it again. @param work done on its data in between, which then gets its example data again */
  restart(work?: () => Promise<void>): Promise<void> {
    if (work) this.#seeding = undefined;
    return this.#supervisor.restart(work ?? (async () => {}));
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#options.log.close();
  }

  async #build(): Promise<{ canRun: boolean; isNew: boolean }> {
    const { canRun, version } = await this.#options.build.run();
    const isNew = version !== this.#version;
    this.#version = version;
    return { canRun, isNew };
  }

  #onState(state: AppState): void {
    if (state === "ready") {
      this.#options.log.succeed();
      this.#seeding ??= this.#seed().catch((error: unknown) => this.#onSeedError(error));
    }
    this.#options.onState(state);
  }

  /** Adds example data to a service, unless its seed program finds it. The first replica does. */
  async #seed(): Promise<void> {
    const { replica, seedEnvironment, log, mode } = this.#options;
    const launches = replica.number === 1 ? seedsOf(replica.app, await seedEnvironment(), mode) : [];
    for (const launch of launches) {
      const { code, signal } = await startChild(launch, { onLine: log.line, onReady: () => {} }).exited;
      if (code !== 0) throw new Error(signal ?? `exit code ${code}`);
    }
    if (launches.length > 0) this.#isSeeded = true;
  }

  #onSeedError(error: unknown): void {
    this.#isSeeded = false;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.notice(`adding its example data failed (${reason})`);
  }
}
