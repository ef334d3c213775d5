import { MeshError } from "@mesh/contracts";
import { StoreError } from "@mesh/store";
import { expect, test } from "vitest";
import { isUnavailable } from "./unavailable.ts";

const lost = new StoreError(new Error("Connection terminated"), undefined);

test.each([
  ["an upstream is unavailable", new MeshError({ code: "UNAVAILABLE", message: "" }), true],
  ["an upstream did not respond in time", new MeshError({ code: "DEADLINE_EXCEEDED", message: "" }), true],
  ["the database is lost", new MeshError({ code: "UNAVAILABLE", message: "", cause: lost }), true],
  ["a statement took too long", new MeshError({ code: "DEADLINE_EXCEEDED", message: "", cause: lost }), false],
  ["a call was wrong", new MeshError({ code: "INVALID_ARGUMENT", message: "" }), false],
  ["the handler has a bug", new TypeError("x is undefined"), false],
])("if %s, it is not the event's fault: %s, %s", (_, error, isNot) => {
  expect(isUnavailable(error, { deadline: Date.now() + 5_000 })).toBe(isNot);
});

test("a handler that used up its own time has failed", () => {
  const error = new MeshError({ code: "DEADLINE_EXCEEDED", message: "" });
  expect(isUnavailable(error, { deadline: Date.now() })).toBe(false);
});
