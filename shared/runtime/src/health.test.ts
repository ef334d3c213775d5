import { expect, it } from "vitest";
import { createHealth } from "./health.ts";
import { stableUuid } from "./uuid.ts";

it("is ready when every part is ready, and reports each change once", () => {
  const health = createHealth();
  const changes: boolean[] = [];
  const end = health.onChange((ready) => changes.push(ready));
  expect(health.ready()).toBe(true);
  health.set("store", false, "no answer");
  health.set("events", false);
  expect(health.reasons()).toEqual({ store: "no answer", events: "not ready yet" });
  health.set("store", true);
  expect(health.ready()).toBe(false);
  health.set("events", true);
  end();
  health.set("events", false);
  expect(changes).toEqual([false, true]);
});

it("makes the same UUID from the same text", () => {
  expect(stableUuid("a")).toBe(stableUuid("a"));
  expect(stableUuid("a")).not.toBe(stableUuid("b"));
  expect(stableUuid("a")).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
