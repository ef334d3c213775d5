import { type Exit, type Launch, type RunningChild, startChild } from "./child.ts";

/** How an app is. `broken`: it could not be built and does not run. */
export type AppState = "starting" | "ready" | "crashed" | "broken" | "stopped";

/** What is told of an app. */
export interface AppEvents {
  /** A line that it printed. */
  readonly onLine: (line: string) => void;
  /** Something about it that a developer wants to know. */
  readonly onNotice: (text: string) => void;
  readonly onState: (state: AppState) => void;
}

/** What a supervisor needs to know of an app. */
export interface Program extends AppEvents {
  /** Builds it, tells what is wrong by `onNotice`, and returns whether it can be run and differs from before. */
  readonly build: () => Promise<{ canRun: boolean; isNew: boolean }>;
  /** What to run. Called before each start. */
  readonly launch: () => Promise<Launch>;
  /** Called right before each start. */
  readonly onLaunch: () => Promise<void>;
  /** Resolves when it answers, for an app that does not say by itself when it is ready. */
  readonly answers?: (signal: AbortSignal) => Promise<void>;
  /** Called when it ended before it was ready; returns whether something changed and it is worth another try. */
  readonly mend: () => Promise<boolean>;
}

/** Keeps one app running. What is asked of it happens one after the other. */
export interface Supervisor {
  readonly state: AppState;
  /** Builds it and starts it, or starts it again if that changed anything. */
  refresh(): Promise<void>;
  /** Starts it again if what to run changed, its environment above all. */
  relaunch(): Promise<void>;
  stop(): Promise<void>;
}

/** How long an app may take to end by itself: less before it starts again, as somebody waits for that. */
const stopTimeoutMs = { restart: 1_000, end: 2_500 };

/** Prepares to run an app; `refresh` starts it. */
export function supervise(program: Program): Supervisor {
  let state: AppState = "stopped";
  let child: RunningChild | undefined;
  let launched = "";
  let queue = Promise.resolve();
  let isRefreshWaiting = false;

  const enter = (next: AppState) => {
    state = next;
    program.onState(next);
  };
  const enqueue = (work: () => Promise<void>) => {
    queue = queue.then(work).catch((error: unknown) => {
      program.onNotice(error instanceof Error ? error.message : String(error));
      enter("crashed");
    });
    return queue;
  };

  async function refreshNow(): Promise<void> {
    isRefreshWaiting = false;
    const { canRun, isNew } = await program.build();
    if (!canRun) {
      if (!child) enter("broken");
      return;
    }
    if (isNew || !child) await start(await program.launch());
  }

  async function relaunchNow(): Promise<void> {
    const launch = await program.launch();
    if (child && JSON.stringify(launch) !== launched) await start(launch);
  }

  async function start(launch: Launch): Promise<void> {
    await end(stopTimeoutMs.restart);
    launched = JSON.stringify(launch);
    await program.onLaunch();
    enter("starting");
    const answering = new AbortController();
    const onReady = () => {
      if (child === current) enter("ready");
    };
    const current = startChild(launch, { onLine: program.onLine, onReady });
    child = current;
    program.answers?.(answering.signal).then(onReady, () => {});
    void current.exited.then(async (exit) => {
      answering.abort();
      if (child !== current) return;
      child = undefined;
      await crashed(exit);
    });
  }

  async function crashed(exit: Exit): Promise<void> {
    const wasReady = state === "ready";
    if (!wasReady && (await program.mend())) {
      void enqueue(async () => start(await program.launch()));
      return;
    }
    program.onNotice(`crashed (${reasonOf(exit)}); it starts again at the next save`);
    enter("crashed");
  }

  async function end(limitMs: number): Promise<void> {
    const ending = child;
    child = undefined;
    await ending?.stop(limitMs);
  }

  return {
    get state() {
      return state;
    },
    refresh() {
      // A build that has not begun will see this save too.
      if (isRefreshWaiting) return queue;
      isRefreshWaiting = true;
      return enqueue(refreshNow);
    },
    relaunch: () => enqueue(relaunchNow),
    stop: () =>
      enqueue(async () => {
        await end(stopTimeoutMs.end);
        enter("stopped");
      }),
  };
}

function reasonOf({ code, signal }: Exit): string {
  return signal ? `ended by ${signal}` : `exit code ${code}`;
}
