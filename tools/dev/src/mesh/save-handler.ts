import { join } from "node:path";
import { BackgroundChecker } from "../build/background-checker.ts";
import { regenerate } from "../build/regeneration.ts";
import { hasSchema, schemaErrorsOf } from "../build/schema-errors.ts";
import { type SourceWatcher, watchSources } from "../build/source-watcher.ts";
import { isProject, projectOf, typeErrorsOf } from "../build/type-errors.ts";
import { type App, partsOf } from "./app.ts";
import { watchedOf } from "./app-build.ts";
import type { Mesh } from "./mesh.ts";
import type { RunningApp } from "./running-app.ts";

/** Settings of a save handler. */
export interface SaveHandlerOptions {
  readonly root: string;
  /** Called with messages that are not about one app. */
  readonly onNotice: (text: string) => void;
  /** Returns undefined until the mesh is open. */
  readonly mesh: () => Mesh | undefined;
  /** Runs a new app. Without it, new apps are ignored. */
  readonly onNew: ((app: App) => Promise<void>) | undefined;
}

/** A generation or build that takes longer is reported: after this time, after twice this time, four times, and so on. */
const slowMs = 2_000;

/** After a save, generates, builds, restarts and type-checks what it affects. */
export class SaveHandler {
  readonly #options: SaveHandlerOptions;
  readonly #contracts: string;
  readonly #sources: SourceWatcher;
  readonly #types: BackgroundChecker;
  readonly #schemas: BackgroundChecker;
  #generating: Promise<void> | undefined;
  #isContractSaved = false;
  #hasContractErrors = false;

  constructor(options: SaveHandlerOptions) {
    const { root, onNotice } = options;
    this.#options = options;
    this.#contracts = join(root, "proto");
    const reporter = (none: string) => (folder: string, errors: readonly string[]) =>
      onNotice(errors.length === 0 ? `${none} ${folder}` : errors.join("\n"));
    const onTypeErrors = reporter("no more type errors in");
    this.#types = new BackgroundChecker({ root, errorsOf: typeErrorsOf, onErrors: onTypeErrors });
    const onSchemaErrors = reporter("the migrations match src/schema.ts again in");
    this.#schemas = new BackgroundChecker({ root, errorsOf: schemaErrorsOf, onErrors: onSchemaErrors });
    this.#sources = watchSources((files) => this.#onSave(files));
    this.#sources.add([this.#contracts]);
  }

  /** Watches more files. */
  watch(files: readonly string[]): void {
    this.#sources.add(files);
  }

  /** Checks the types and the schemas of apps, unless a build failed: a check would report the same errors. */
  check(apps: readonly RunningApp[], projects: readonly string[] = []): void {
    if (apps.some(({ build }) => build.isBroken)) return;
    const folders = [...new Set(apps.flatMap(({ app }) => partsOf(app)).map(({ folder }) => folder))];
    this.#types.check([...projects, ...folders].filter(isProject));
    this.#schemas.check(folders.filter(hasSchema));
  }

  async close(): Promise<void> {
    this.#types.close();
    this.#schemas.close();
    await this.#sources.close();
  }

  #onSave(files: ReadonlySet<string>): void {
    if ([...files].some((file) => this.#isContract(file))) {
      this.#isContractSaved = true;
      this.#generating ??= this.#regenerate();
    }
    // Some code is missing while it is generated. Afterwards, everything is refreshed.
    if (this.#generating) return;
    const projects = [...files].flatMap((file) => projectOf(this.#options.root, file) ?? []);
    void this.#refresh(
      this.#running().filter(({ build }) => build.isBuiltFrom(files)),
      projects,
    );
  }

  /** Generates until no contract was saved in the meantime, then refreshes every app, because many use the code. */
  async #regenerate(): Promise<void> {
    while (this.#isContractSaved) {
      this.#isContractSaved = false;
      await this.#generate();
    }
    this.#generating = undefined;
    const hasNewApps = await this.#runNewApps();
    const running = this.#running();
    await this.#refresh(running);
    // Apps that did not change have not received the addresses of a new gateway or web page.
    if (hasNewApps) await Promise.all(running.map((app) => app.relaunch()));
  }

  async #generate(): Promise<void> {
    const { root, onNotice } = this.#options;
    const { ok, output } = await this.#timed("generating code", () => regenerate(root));
    if (!ok) onNotice(output);
    else if (this.#hasContractErrors) onNotice("no more errors in the contracts");
    this.#hasContractErrors = !ok;
  }

  /** Runs the apps that are new in the clone. Returns whether there are any. */
  async #runNewApps(): Promise<boolean> {
    const { onNew } = this.#options;
    const mesh = this.#options.mesh();
    if (!mesh || !onNew) return false;
    const added = await mesh.adopt();
    this.watch(added.flatMap(watchedOf));
    await Promise.all(added.map(onNew));
    return added.length > 0;
  }

  /** Builds and restarts apps, then checks them. */
  async #refresh(apps: readonly RunningApp[], projects: readonly string[] = []): Promise<void> {
    const names = [...new Set(apps.map(({ app }) => app.name))].join(", ");
    await this.#timed(`building ${names}`, () => Promise.all(apps.map((app) => app.refresh())));
    this.check(apps, projects);
  }

  /** Runs work, and reports it if it takes long. */
  async #timed<T>(title: string, work: () => Promise<T>): Promise<T> {
    const { onNotice } = this.#options;
    const startedAt = Date.now();
    const reportAfter = (pauseMs: number): NodeJS.Timeout =>
      setTimeout(() => {
        onNotice(`${title}: ${seconds(startedAt)}`);
        timer = reportAfter(Date.now() - startedAt);
      }, pauseMs);
    let timer = reportAfter(slowMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (Date.now() - startedAt > slowMs) onNotice(`${title}: done after ${seconds(startedAt)}`);
    }
  }

  #running(): readonly RunningApp[] {
    return this.#options.mesh()?.running ?? [];
  }

  #isContract(file: string): boolean {
    return file.startsWith(this.#contracts) && file.endsWith(".proto");
  }
}

function seconds(startedAt: number): string {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
