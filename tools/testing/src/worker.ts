import { vi } from "vitest";

// Ends a worker whose run was killed; otherwise, it would continue until its test ends.
process.once("disconnect", () => process.exit());

// A condition that a test waits for gets a minute, as with `expect.poll`: a busy machine may need it.
const { waitFor } = vi;
vi.waitFor = (check, options) => {
  const { timeout = 0, ...others } = typeof options === "number" ? { timeout: options } : (options ?? {});
  return waitFor(check, { ...others, timeout: Math.max(timeout, 60_000) });
};
