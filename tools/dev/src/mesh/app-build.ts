import { join, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Bundler, createBundler } from "../build/bundler.ts";
import { type App, partsOf } from "./app.ts";
import { writeProgram } from "./app-group.ts";
import { stampOf } from "./migration-stamp.ts";
import type { Mode } from "./mode.ts";

/** The result of a build of an app. */
export interface AppBuilt {
  readonly canRun: boolean;
  /** Differs from that of an earlier build if the app has to be started again. */
  readonly version: number;
}

/** Callbacks about builds. */
export interface AppBuildOptions {
  readonly root: string;
  readonly app: App;
  /** In production, the app was built before. */
  readonly mode: Mode;
  /** Called with each error of a build. */
  readonly onError: (error: string) => void;
  /** Called with the source files of each build. */
  readonly onInputs: (files: readonly string[]) => void;
}

/** The build of an app, which its replicas share. */
export class AppBuild {
  readonly #options: AppBuildOptions;
  readonly #bundler: Bundler | undefined;
  #inputs: ReadonlySet<string> = new Set();
  #migrations = "";
  #isBroken = false;
  #version = 0;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<AppBuilt> | undefined;

  constructor(options: AppBuildOptions) {
    this.#options = options;
    const isBuiltHere = options.mode === "development" && options.app.kind !== "web";
    this.#bundler = isBuiltHere ? createBundler(options.root, options.app.folder, options.app.parts) : undefined;
  }

  /** Whether the last build failed. The previous build may still run. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Returns whether one of these files is a source or a migration of the app, or lies in its source folder. */
  isBuiltFrom(files: ReadonlySet<string>): boolean {
    const watched = watchedOf(this.#options.app);
    return [...files].some((file) => this.#inputs.has(file) || watched.some((one) => file.startsWith(one)));
  }

  /** Builds the app after the build that runs. All replicas that ask meanwhile share one build. */
  run(): Promise<AppBuilt> {
    this.#next ??= this.#last.then(async () => {
      // The other replicas ask in this turn.
      await nextTurn();
      this.#next = undefined;
      return this.#build();
    });
    this.#last = this.#next.catch(() => {});
    return this.#next;
  }

  async #build(): Promise<AppBuilt> {
    if (!this.#bundler) return { canRun: true, version: this.#version };
    await writeProgram(this.#options.app);
    const { errors, inputs, isNew } = await this.#bundler.build();
    this.#isBroken = errors.length > 0;
    for (const error of errors) this.#options.onError(error);
    if (!this.#isBroken) this.#inputs = new Set(inputs);
    this.#options.onInputs(inputs);
    if (this.#hasNewMigrations() || isNew) this.#version += 1;
    return { canRun: !this.#isBroken, version: this.#version };
  }

  /** Returns whether the migrations differ from those of the previous build. The app applies them when it starts. */
  #hasNewMigrations(): boolean {
    const before = this.#migrations;
    const stamps = partsOf(this.#options.app).map(({ folder }) => stampOf(join(folder, "migrations")));
    if (stamps.some((stamp) => stamp !== undefined)) this.#migrations = stamps.join();
    return this.#migrations !== before;
  }
}

/** Returns the folders of an app to watch: the sources, because a missing file may appear there, and the migrations. */
export function watchedOf(app: App): string[] {
  return partsOf(app).flatMap(({ folder }) => [join(folder, "src") + sep, join(folder, "migrations") + sep]);
}
