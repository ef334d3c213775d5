import { tmpdir } from "node:os";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { Launch } from "./child.ts";
import { type AppState, type Program, Supervisor } from "./supervisor.ts";

/** Runs a supervisor of a Node program, and records its states and notices. */
function supervise(launch: () => Promise<Launch>, options: Partial<Pick<Program, "build" | "fix">> = {}) {
  const states: AppState[] = [];
  const notices: string[] = [];
  const supervisor = new Supervisor({
    build: async () => ({ canRun: true, isNew: false }),
    launch,
    onLaunch: async () => {},
    fix: async () => false,
    ...options,
    onLine: () => {},
    onFailure: ({ reason, attempt, pauseMs }) => void notices.push(`${attempt}: ${reason}, ${pauseMs} ms`),
    onState: (state) => void states.push(state),
  });
  onTestFinished(() => supervisor.stop());
  return { supervisor, states, notices };
}

function program(source: string): Launch {
  return { args: ["-e", source], cwd: tmpdir(), env: { ...process.env } };
}

const running = program('process.send({ type: "ready" }); setInterval(() => {}, 1_000);');
const crashing = program("process.exit(3);");

test("an app whose start fails is started again, with longer and longer pauses, until it runs", async () => {
  const results = [new Error("the database system is starting up"), crashing, running];
  const { supervisor, states, notices } = supervise(async () => {
    const result = results.shift() ?? running;
    if (result instanceof Error) throw result;
    return result;
  });
  await supervisor.refresh();
  await expect.poll(() => supervisor.state).toBe("ready");
  expect(states).toEqual(["crashed", "starting", "crashed", "starting", "ready"]);
  expect(notices).toEqual([
    "1: cannot start: the database system is starting up, 500 ms",
    "2: crashed (exit code 3), 1000 ms",
  ]);
});

/** Freezes the timers, so that a restart comes only when a test advances them. */
function freezeTimers() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  return { pass: () => vi.advanceTimersByTimeAsync(60_000) };
}

afterEach(() => void vi.useRealTimers());

test("a crashed app does not start again after it was stopped, or while its build is broken", async () => {
  const clock = freezeTimers();
  let canRun = true;
  let launches = 0;
  const { supervisor, notices } = supervise(
    async () => {
      launches += 1;
      return crashing;
    },
    { build: async () => ({ canRun, isNew: true }) },
  );
  await supervisor.refresh();
  await expect.poll(() => notices).toHaveLength(1);
  canRun = false;
  await supervisor.refresh();
  await clock.pass();
  expect([supervisor.state, launches]).toEqual(["broken", 1]);
  canRun = true;
  await supervisor.refresh();
  await expect.poll(() => supervisor.state).toBe("crashed");
  await supervisor.stop();
  await clock.pass();
  expect([supervisor.state, launches]).toEqual(["stopped", 2]);
});

/** Starts an app that crashes, and waits until its crash is examined. */
async function examineCrash() {
  const clock = freezeTimers();
  let examined = (_isFixed: boolean) => {};
  const fix = vi.fn(() => {
    return new Promise<boolean>((resolve) => {
      examined = resolve;
    });
  });
  const launch = vi.fn(async () => crashing);
  const build = vi.fn(async () => ({ canRun: true, isNew: false }));
  const { supervisor, notices } = supervise(launch, { fix, build });
  await supervisor.refresh();
  await expect.poll(() => fix.mock.calls).toHaveLength(1);
  return { clock, supervisor, notices, build, launch, examined: (isFixed: boolean) => examined(isFixed) };
}

test.each([true, false])("an app that stops while its crash is examined does not start: fixed %s", async (isFixed) => {
  const { clock, supervisor, launch, notices, examined } = await examineCrash();
  await supervisor.stop();
  examined(isFixed);
  await clock.pass();
  expect([supervisor.state, launch.mock.calls.length, notices]).toEqual(["stopped", 1, []]);
});

test.each([true, false])("an app that breaks while its crash is examined does not start: fixed %s", async (isFixed) => {
  const { clock, supervisor, build, launch, notices, examined } = await examineCrash();
  build.mockResolvedValue({ canRun: false, isNew: false });
  await supervisor.refresh();
  examined(isFixed);
  await clock.pass();
  expect([supervisor.state, launch.mock.calls.length, notices]).toEqual(["broken", 1, []]);
});

test("an app starts again after its crash was examined and fixed", async () => {
  const { supervisor, launch, notices, examined } = await examineCrash();
  launch.mockResolvedValue(running);
  examined(true);
  await expect.poll(() => supervisor.state).toBe("ready");
  expect([launch.mock.calls.length, notices]).toEqual([2, []]);
});
