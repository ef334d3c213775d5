import { availableParallelism } from "node:os";
import { env } from "node:process";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Packages whose tests start no server. */
const pure = ["shared/contracts"];
const pureTools = ["tools/checks", "tools/codegen", "tools/scaffold"];

/** End-to-end tests of what developers run, which `npm run test:tools` runs with those of tools/. */
const ofTools = "e2e/src/{build,client,create,generators,guides,readme,upgrade}.test.ts";

/**
 * Tests that read what their process records or how much memory it has, and those that change for good how it counts durations and
 * samples traces.
 */
const alone = [
  "{shared/*,gateway}/src/{telemetry,metrics}.test.ts",
  "shared/runtime/src/telemetry/*.test.ts",
  "{gateway/src/trace,shared/service/src/tasks,e2e/src/examples}.test.ts",
  "shared/rpc/src/mux/{hostile-mux,mux-server}.test.ts",
];

const testsIn = (folders: readonly string[]) => folders.map((folder) => `${folder}/{src,testing}/**/*.test.ts`);

const common = {
  exclude: ["**/*.long.test.ts"],
  setupFiles: ["tools/testing/src/setup.ts"],
  // The files of a project share the processes of the workers, since each process takes a second of computing to load the mesh. So
  // a test undoes what it changes in its process: settings, timers, OpenTelemetry. Files that can't are in `alone`.
  isolate: false,
  // A test starts real servers; on two busy cores that may take a while.
  testTimeout: 180_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

/** A busy machine of a CI service can miss a deadline of the mesh. The run's last lines name what passed only then. */
const again = env.CI ? 1 : 0;

const servers = {
  ...common,
  provide: { mux: true },
  retry: again,
};

/** The files that take longest, which check, build and start whole copies of the repository. */
const longest = ["create", "upgrade", "generators", "guides"].map((name) => `e2e/src/${name}.test.ts`);

/** The files that take longest begin first: at the end, the others would wait for them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => longest.some((file) => moduleId.endsWith(file));
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

const both =
  "access,backpressure,balance,callers,cancel,close,connection-age,deadline,error-sizes,errors,half-close,headers,hostile,identity,kinds,limits,metrics,middleware,outliers,passed-errors,policy,resets,resume,retry,statistics,telemetry,validation";

const inMemory =
  "backpressure,callers,cancel,deadline,error-sizes,errors,half-close,headers,kinds,middleware,passed-errors,retry,validation";

export default defineConfig({
  test: {
    // Tests wait for servers more than they compute; the default on two cores is one worker. With one more than the cores they
    // are idle a third of the time.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    // Once for all projects: each has modules of its own, of which one would end the esbuild process that another uses.
    globalSetup: ["tools/testing/src/global-setup.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "pure",
          include: testsIn(pure),
        },
      },
      {
        test: {
          ...common,
          name: "tools pure",
          include: testsIn(pureTools),
        },
      },
      {
        test: {
          ...common,
          name: "plain calls",
          isolate: true,
          // What holds for calls that share a stream holds for those of plain gRPC, too.
          provide: { mux: false },
          retry: again,
          include: [`shared/rpc/src/{${both}}.test.ts`],
        },
      },
      {
        test: {
          ...common,
          name: "calls in memory",
          isolate: true,
          provide: { mux: true, local: true },
          retry: again,
          include: [`shared/rpc/src/{${inMemory}}.test.ts`],
        },
      },
      {
        test: {
          ...servers,
          name: "alone",
          isolate: true,
          include: alone,
        },
      },
      {
        test: {
          ...servers,
          name: "servers",
          include: [
            "{shared,services}/*/{src,testing}/**/*.test.{ts,tsx}",
            "{gateway,web,e2e,deploy}/src/**/*.test.{ts,tsx}",
          ],
          exclude: [...common.exclude, ...alone, ofTools, ...pure.map((folder) => `${folder}/**`)],
        },
      },
      {
        test: {
          ...servers,
          name: "tools",
          include: [ofTools, "tools/*/{src,testing}/**/*.test.ts", "{scripts,bench}/*.test.mjs"],
          exclude: [...common.exclude, ...pureTools.map((folder) => `${folder}/**`)],
        },
      },
    ],
  },
});
