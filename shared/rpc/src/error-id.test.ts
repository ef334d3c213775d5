import { MeshError } from "@mesh/contracts";
import { expect, test } from "vitest";
import { errorIdOf, errorWithId, newErrorId } from "./error-id.ts";

function idIn(message: string): string | undefined {
  return errorIdOf(new MeshError({ code: "INTERNAL", message }));
}

test("an error that was given an id has it", () => {
  const id = newErrorId();
  const error = errorWithId({ code: "INTERNAL", message: "internal error" }, id);
  expect([error.message, errorIdOf(error)]).toEqual([`internal error (id ${id})`, id]);
});

test.each([
  "internal error",
  "internal error (id 26d737278cbe) of another call",
  "internal error (id 26d737278cb)",
  "internal error (id 26d737278cbe0)",
  "internal error (id 26D737278CBE)",
  "internal error id 26d737278cbe",
])("%j has no id", (message) => {
  expect(idIn(message)).toBeUndefined();
});

test("what is no MeshError has no id", () => {
  expect(errorIdOf(new Error("internal error (id 26d737278cbe)"))).toBeUndefined();
  expect(idIn("internal error (id 26d737278cbe)")).toBe("26d737278cbe");
});
