import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{shared,services,tools}/*/{src,testing}/**/*.test.{ts,tsx}",
      "{gateway,web,e2e}/src/**/*.test.{ts,tsx}",
      "{scripts,bench}/*.test.mjs",
    ],
    exclude: ["**/*.long.test.ts"],
    globalSetup: ["tools/testing/src/global-setup.ts"],
    setupFiles: ["tools/testing/src/worker.ts"],
    // Tests wait for servers more than they compute; the default on two cores is one worker. With one more than the cores they
    // are idle a third of the time.
    maxWorkers: availableParallelism() + 2,
    // A test starts real servers; on two busy cores that may take a while.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
