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

it("reports what does not work in a part that is ready", () => {
  const health = createHealth();
  const changes: boolean[] = [];
  health.onChange((ready) => changes.push(ready));
  health.set("events", true, "NATS can't be reached");
  expect([health.ready(), health.reasons()]).toEqual([true, {}]);
  expect(health.warnings()).toEqual({ events: "NATS can't be reached" });
  health.set("events", false, "closed");
  expect([health.reasons(), health.warnings()]).toEqual([{ events: "closed" }, {}]);
  health.set("events", true);
  expect([health.reasons(), health.warnings()]).toEqual([{}, {}]);
  expect(changes).toEqual([false, true]);
});

it("makes the same UUID from the same text", () => {
  expect(stableUuid("a")).toBe(stableUuid("a"));
  expect(stableUuid("a")).not.toBe(stableUuid("b"));
  expect(stableUuid("a")).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
