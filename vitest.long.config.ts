import { defineConfig } from "vitest/config";
import config from "./vitest.config.ts";

// What takes minutes: `npm run test:long`.
export default defineConfig({
  test: { ...config.test, include: ["{shared/*,services/*,tools/*,e2e}/src/**/*.long.test.ts"], exclude: [] },
});
