import { type Exit, type Launch, type RunningChild, startChild } from "./child.ts";

/** The state of an app. `starting`: from its first build until it is ready. `broken`: its build failed and it does not run. */
export type AppState = "starting" | "ready" | "crashed" | "broken" | "stopped";

/** A failed start, or the crash of an app. */
export interface Failure {
  readonly reason: string;
  /** The number of failures since a start that was followed by 10 s without one, or since a changed build. */
  readonly attempt: number;
  /** The pause before the next start, in milliseconds. */
  readonly pauseMs: number;
}

/** Callbacks about an app. */
export interface AppEvents {
  /** Called with each line of its output. */
  readonly onLine: (line: string) => void;
  /** Called when it cannot start or has crashed, before the pause. */
  readonly onFailure: (failure: Failure) => void;
  readonly onState: (state: AppState) => void;
}

/** An app, as a supervisor runs it. */
export interface Program extends AppEvents {
  /** Builds the app and reports errors. Returns whether it can run, and whether it changed. */
  readonly build: () => Promise<{ canRun: boolean; isNew: boolean }>;
  /** Returns what to run. Called before each start. */
  readonly launch: () => Promise<Launch>;
  /** Called immediately before each start. @param attempt the number of failures before it, plus 1 */
  readonly onLaunch: (attempt: number) => Promise<void>;
  /** Resolves when the app responds. For apps that send no message when they are ready. */
  readonly untilResponding?: (signal: AbortSignal) => Promise<void>;
  /** The time that the app has to stop by itself at the end. Default: 2,500. */
  readonly stopTimeoutMs?: number;
  /** Called if the app ended before it was ready. Returns whether it fixed the cause, so that a new start is useful. */
  readonly fix: () => Promise<boolean>;
}

/** The time that an app has to stop by itself. It is shorter for a restart, because a developer waits for it. */
const stopTimeoutMs = { restart: 1_000, end: 2_500 };

/** The pauses before a crashed app is started again. They double with each crash, until the app has run for a while. */
const restartMs = { first: 500, longest: 30_000, steady: 10_000 };

/** Keeps one app running. Runs one request after another. */
export class Supervisor {
  readonly #program: Program;
  #state: AppState = "starting";
  #child: RunningChild | undefined;
  /** The launch of the child, as JSON. */
  #launched = "";
  #queue = Promise.resolve();
  #isRefreshQueued = false;
  #isStopped = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #nextPauseMs = restartMs.first;
  #failures = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  get state(): AppState {
    return this.#state;
  }

  /** Undefined: the app does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get #mayStart(): boolean {
    return !this.#isStopped && this.#state !== "broken";
  }

  /** Builds the app, and starts it if the build changed it or it does not run. */
  refresh(): Promise<void> {
    // A build that has not begun will include this save.
    if (this.#isRefreshQueued) return this.#queue;
    this.#isRefreshQueued = true;
    return this.#enqueue(() => this.#refresh());
  }

  /** Restarts the app if its command or environment changed. */
  relaunch(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#child) await this.#startIfNeeded();
    });
  }

  /** Stops the app, does some work, and starts the app again, unless its build is broken. @throws what the work throws */
  async restart(work: () => Promise<void>): Promise<void> {
    let failure: unknown;
    await this.#enqueue(async () => {
      await this.#end(stopTimeoutMs.end);
      await work().catch((error: unknown) => {
        failure = error;
      });
      await this.#startIfNeeded();
    });
    if (failure) throw failure;
  }

  /** Stops the app. It can't be started again. */
  stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#restartTimer);
    return this.#enqueue(async () => {
      clearTimeout(this.#restartTimer);
      await this.#end(this.#program.stopTimeoutMs ?? stopTimeoutMs.end);
      this.#enter("stopped");
    });
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#startLater(`cannot start: ${message}`);
    });
    return this.#queue;
  }

  async #refresh(): Promise<void> {
    this.#isRefreshQueued = false;
    const { canRun, isNew } = await this.#program.build();
    if (this.#isStopped) return;
    if (isNew) this.#forgetFailures();
    if (canRun && (isNew || !this.#child)) await this.#start(await this.#program.launch());
    if (canRun || this.#child) return;
    clearTimeout(this.#restartTimer);
    this.#enter("broken");
  }

  async #start(launch: Launch): Promise<void> {
    clearTimeout(this.#restartTimer);
    await this.#end(stopTimeoutMs.restart);
    this.#launched = JSON.stringify(launch);
    await this.#program.onLaunch(this.#failures + 1);
    this.#enter("starting");
    const onReady = () => {
      if (this.#child === child) this.#enter("ready");
    };
    const child = startChild(launch, { onLine: this.#program.onLine, onReady });
    this.#child = child;
    const startedAt = Date.now();
    const probing = new AbortController();
    this.#program.untilResponding?.(probing.signal).then(onReady, () => {});
    void child.exited.then((exit) => {
      probing.abort();
      if (this.#state === "ready" && Date.now() - startedAt > restartMs.steady) this.#forgetFailures();
      if (this.#child === child) return this.#recover(exit);
    });
  }

  /** Starts the app unless it runs with the current command and environment, was stopped, or its build is broken. */
  async #startIfNeeded(): Promise<void> {
    if (!this.#mayStart) return;
    const launch = await this.#program.launch();
    if (!this.#child || JSON.stringify(launch) !== this.#launched) await this.#start(launch);
  }

  /** Handles the end of a child that was not asked to stop. */
  async #recover(exit: Exit): Promise<void> {
    this.#child = undefined;
    const isFixed = this.#state !== "ready" && (await this.#program.fix());
    // Meanwhile, the app may have been stopped, or a save has started it or broken its build.
    if (this.#child || !this.#mayStart) return;
    if (isFixed) void this.#enqueue(() => this.#startIfNeeded());
    else this.#startLater(`crashed (${reasonOf(exit)})`);
  }

  /** Starts the app after a pause, unless something else starts it first. */
  #startLater(reason: string): void {
    if (this.#isStopped) return;
    clearTimeout(this.#restartTimer);
    const pauseMs = this.#nextPauseMs;
    this.#nextPauseMs = Math.min(pauseMs * 2, restartMs.longest);
    this.#failures += 1;
    this.#program.onFailure({ reason, attempt: this.#failures, pauseMs });
    if (!this.#child) this.#enter("crashed");
    this.#restartTimer = setTimeout(() => void this.#enqueue(() => this.#startIfNeeded()), pauseMs);
  }

  #forgetFailures(): void {
    this.#nextPauseMs = restartMs.first;
    this.#failures = 0;
  }

  async #end(limitMs: number): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.stop(limitMs);
  }

  #enter(state: AppState): void {
    this.#state = state;
    this.#program.onState(state);
  }
}

function reasonOf({ code, signal }: Exit): string {
  return signal ? `ended by ${signal}` : `exit code ${code}`;
}
