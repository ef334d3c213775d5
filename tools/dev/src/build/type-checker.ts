import { relative } from "node:path";
import { isProject, typeErrorsOf } from "./type-errors.ts";

/** Called with the type errors of a project when they change; an empty list if there are none any more. */
export type OnTypeErrors = (folder: string, errors: readonly string[]) => void;

/** The time without a save before a check begins: a restart is more urgent. */
const settleMs = 1_500;

/** Checks types in the background after a save, one project at a time. Keeps no compiler in memory. */
export class TypeChecker {
  readonly #root: string;
  readonly #onErrors: OnTypeErrors;
  readonly #queued = new Set<string>();
  /** The errors last reported for each project. */
  readonly #reported = new Map<string, string>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(root: string, onErrors: OnTypeErrors) {
    this.#root = root;
    this.#onErrors = onErrors;
  }

  /** Queues the TypeScript projects in these folders. A check includes the saves until it begins. */
  check(folders: readonly string[]): void {
    for (const folder of folders.filter(isProject)) this.#queued.add(folder);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), settleMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (const folder of this.#queued) {
      this.#queued.delete(folder);
      this.#report(folder, await typeErrorsOf(this.#root, folder, this.#closing.signal));
    }
    this.#isRunning = false;
  }

  #report(folder: string, errors: readonly string[]): void {
    const text = errors.join("\n");
    if (this.#closing.signal.aborted || text === (this.#reported.get(folder) ?? "")) return;
    this.#reported.set(folder, text);
    this.#onErrors(relative(this.#root, folder), errors);
  }
}
