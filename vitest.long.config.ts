import { defineConfig } from "vitest/config";

// Tests that take minutes: `npm run test:long`.
export default defineConfig({
  test: {
    include: ["{shared/*,services/*,tools/*,gateway,deploy,e2e}/src/**/*.long.test.ts"],
    globalSetup: ["tools/testing/src/global-setup.ts"],
    setupFiles: ["tools/testing/src/setup.ts"],
    provide: { mux: true },
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
