import { expect, it } from "vitest";
import { randomUuid } from "./uuid.ts";

it("makes different UUIDs of version 4", () => {
  const made = Array.from({ length: 1_000 }, randomUuid);
  expect(made.every((uuid) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(uuid))).toBe(
    true,
  );
  expect(new Set(made).size).toBe(1_000);
});
