import { availableParallelism } from "node:os";
import { env } from "node:process";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Packages whose tests start no server and change no global state: their files share a process and what it has loaded. */
const pure = ["shared/contracts", "tools/checks", "tools/codegen", "tools/scaffold"];

const common = {
  exclude: ["**/*.long.test.ts"],
  setupFiles: ["tools/testing/src/worker.ts"],
  // A test starts real servers; on two busy cores that may take a while.
  testTimeout: 180_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

/** A busy machine of a CI service can miss a deadline of the mesh. The run's last lines name what passed only then. */
const again = env.CI ? 1 : 0;

/** The file that takes longest begins first: at the end, the others would wait for it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith("e2e/src/generators.test.ts");
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

const both =
  "access,backpressure,balance,callers,cancel,close,connection-age,deadline,error-sizes,errors,half-close,headers,hostile,identity,kinds,limits,middleware,outliers,policy,resets,resume,retry,statistics,telemetry,validation";

export default defineConfig({
  test: {
    // Tests wait for servers more than they compute; the default on two cores is one worker. With one more than the cores they
    // are idle a third of the time.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: "pure",
          isolate: false,
          include: pure.map((folder) => `${folder}/{src,testing}/**/*.test.ts`),
        },
      },
      {
        test: {
          ...common,
          name: "plain calls",
          // What holds for calls that share a stream holds for those of plain gRPC, too.
          provide: { mux: false },
          retry: again,
          include: [`shared/rpc/src/{${both}}.test.ts`],
        },
      },
      {
        test: {
          ...common,
          name: "servers",
          provide: { mux: true },
          retry: again,
          globalSetup: ["tools/testing/src/global-setup.ts"],
          include: [
            "{shared,services,tools}/*/{src,testing}/**/*.test.{ts,tsx}",
            "{gateway,web,e2e}/src/**/*.test.{ts,tsx}",
            "{scripts,bench}/*.test.mjs",
          ],
          exclude: [...common.exclude, ...pure.map((folder) => `${folder}/**`)],
        },
      },
    ],
  },
});
