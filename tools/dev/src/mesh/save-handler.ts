import { join } from "node:path";
import { regenerate } from "../build/regeneration.ts";
import { type SourceWatcher, watchSources } from "../build/source-watcher.ts";
import { TypeChecker } from "../build/type-checker.ts";
import { projectOf } from "../build/type-errors.ts";
import type { App } from "./app.ts";
import type { Mesh } from "./mesh.ts";
import { type RunningApp, sourcesOf } from "./running-app.ts";

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

/** After a save, generates, builds, restarts and type-checks what it affects. */
export class SaveHandler {
  readonly #options: SaveHandlerOptions;
  readonly #contracts: string;
  readonly #sources: SourceWatcher;
  readonly #types: TypeChecker;
  #generating: Promise<void> | undefined;
  #isContractSaved = false;

  constructor(options: SaveHandlerOptions) {
    const { root, onNotice } = options;
    this.#options = options;
    this.#contracts = join(root, "proto");
    this.#types = new TypeChecker(root, (project, errors) =>
      onNotice(errors.length === 0 ? `no more type errors in ${project}` : errors.join("\n")),
    );
    this.#sources = watchSources((files) => this.#onSave(files));
    this.#sources.add([this.#contracts]);
  }

  /** Watches more files. */
  watch(files: readonly string[]): void {
    this.#sources.add(files);
  }

  async close(): Promise<void> {
    this.#types.close();
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
      this.#running().filter((app) => app.isBuiltFrom(files)),
      projects,
    );
  }

  /** Generates until no contract was saved in the meantime, then refreshes every app, because many use the code. */
  async #regenerate(): Promise<void> {
    while (this.#isContractSaved) {
      this.#isContractSaved = false;
      const { ok, output } = await regenerate(this.#options.root);
      if (!ok) this.#options.onNotice(output);
    }
    this.#generating = undefined;
    const hasNewApps = await this.#runNewApps();
    const running = this.#running();
    await this.#refresh(running);
    // Apps that did not change have not received the addresses of the new ones.
    if (hasNewApps) await Promise.all(running.map((app) => app.relaunch()));
  }

  /** Runs the apps that are new in the clone. Returns whether there are any. */
  async #runNewApps(): Promise<boolean> {
    const { onNew } = this.#options;
    const mesh = this.#options.mesh();
    if (!mesh || !onNew) return false;
    const added = await mesh.adopt();
    this.watch(added.map(sourcesOf));
    await Promise.all(added.map(onNew));
    return added.length > 0;
  }

  /** Builds and restarts apps, then checks types, unless a build failed: a check would report the same errors. */
  async #refresh(apps: readonly RunningApp[], projects: readonly string[] = []): Promise<void> {
    await Promise.all(apps.map((app) => app.refresh()));
    if (!apps.some(({ isBroken }) => isBroken)) this.#types.check([...projects, ...apps.map(({ app }) => app.folder)]);
  }

  #running(): readonly RunningApp[] {
    return this.#options.mesh()?.running ?? [];
  }

  #isContract(file: string): boolean {
    return file.startsWith(this.#contracts) && file.endsWith(".proto");
  }
}
