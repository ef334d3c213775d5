import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import type { Launch } from "./child.ts";
import { type AppState, type Program, Supervisor } from "./supervisor.ts";

/** Runs a supervisor of a Node program, and records its states and notices. */
function supervise(
  launch: () => Promise<Launch>,
  build: Program["build"] = async () => ({ canRun: true, isNew: false }),
) {
  const states: AppState[] = [];
  const notices: string[] = [];
  const supervisor = new Supervisor({
    build,
    launch,
    onLaunch: async () => {},
    fix: async () => false,
    onLine: () => {},
    onNotice: (text) => void notices.push(text),
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
    "the database system is starting up; trying again in 0.5 s",
    "crashed (exit code 3); restarting it in 1 s",
  ]);
});

test("a crashed app does not start again after it was stopped, or while its build is broken", async () => {
  let canRun = true;
  let launches = 0;
  const { supervisor, notices } = supervise(
    async () => {
      launches += 1;
      return crashing;
    },
    async () => ({ canRun, isNew: true }),
  );
  await supervisor.refresh();
  await expect.poll(() => notices).toHaveLength(1);
  canRun = false;
  await supervisor.refresh();
  expect([supervisor.state, launches]).toEqual(["broken", 1]);
  canRun = true;
  await supervisor.refresh();
  await expect.poll(() => supervisor.state).toBe("crashed");
  await supervisor.stop();
  expect(supervisor.state).toBe("stopped");
});
