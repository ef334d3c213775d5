import { describe, expect, it } from "vitest";
import { createLifecycle } from "./lifecycle.ts";
import { createLogger } from "./log.ts";

const log = createLogger({ name: "test", level: "silent", pretty: false });

describe("createLifecycle", () => {
  it("closes each part once, the last one first, and aborts its signal", async () => {
    const closed: string[] = [];
    const life = createLifecycle({ log });
    life.onClose("store", () => void closed.push("store"));
    life.onClose("server", async () => void closed.push("server"));
    await Promise.all([life.close(), life.close()]);
    expect(closed).toEqual(["server", "store"]);
    expect(life.signal.aborted).toBe(true);
  });

  it("closes the other parts if one fails", async () => {
    const closed: string[] = [];
    const life = createLifecycle({ log });
    life.onClose("store", () => void closed.push("store"));
    life.onClose("server", () => Promise.reject(new Error("stuck")));
    await life.close();
    expect(closed).toEqual(["store"]);
  });

  it("resolves after the limit although a part is still closing", async () => {
    const life = createLifecycle({ log, closeTimeoutMs: 20 });
    life.onClose("forever", () => new Promise(() => {}));
    await expect(life.close()).resolves.toBeUndefined();
  });
});
