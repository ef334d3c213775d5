import { relative } from "node:path";

/** Settings of a background checker. */
export interface BackgroundCheckerOptions {
  readonly root: string;
  /** Returns the errors in a folder. */
  readonly errorsOf: (root: string, folder: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Called with the errors of a folder when they change; an empty list if there are none any more. */
  readonly onErrors: (folder: string, errors: readonly string[]) => void;
}

/** The time without a save before a check begins: a restart is more urgent. */
const settleMs = 1_500;

/** Checks folders in the background after a save, one at a time. */
export class BackgroundChecker {
  readonly #options: BackgroundCheckerOptions;
  readonly #queued = new Set<string>();
  /** The errors last reported for each folder. */
  readonly #reported = new Map<string, string>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(options: BackgroundCheckerOptions) {
    this.#options = options;
  }

  /** Queues folders, before those that wait already. A check includes the saves until it begins. */
  check(folders: readonly string[]): void {
    const waiting = [...this.#queued];
    this.#queued.clear();
    for (const folder of [...folders, ...waiting]) this.#queued.add(folder);
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
    const { root, errorsOf } = this.#options;
    for (let [folder] = this.#queued; folder !== undefined; [folder] = this.#queued) {
      this.#queued.delete(folder);
      this.#report(folder, await errorsOf(root, folder, this.#closing.signal));
    }
    this.#isRunning = false;
  }

  #report(folder: string, errors: readonly string[]): void {
    const text = errors.join("\n");
    if (this.#closing.signal.aborted || text === (this.#reported.get(folder) ?? "")) return;
    this.#reported.set(folder, text);
    this.#options.onErrors(relative(this.#options.root, folder), errors);
  }
}
