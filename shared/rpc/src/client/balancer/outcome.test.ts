import { type Code, codes, invalidArgument, type MeshError } from "@mesh/contracts";
import { expect, test } from "vitest";
import { EchoService } from "../../../fixtures/echo.ts";
import { endedHere, sentError } from "../../received-error.ts";
import { outcomeOf, streamOutcomeOf } from "./outcome.ts";

const { unary } = EchoService.methods;
if (!unary) throw new Error("the service has no method unary");

/** The error of a call that a server ended with a code. */
function sent(code: Code): MeshError {
  return sentError(
    { code: codes[code], text: "it fails", details: undefined, isChosen: false },
    "test",
    unary as never,
  );
}

test.each<[Code, string]>([
  ["UNAVAILABLE", "failed"],
  ["INTERNAL", "failed"],
  ["UNKNOWN", "failed"],
  ["DATA_LOSS", "failed"],
  ["NOT_FOUND", "answered"],
  ["INVALID_ARGUMENT", "answered"],
  ["FAILED_PRECONDITION", "answered"],
  ["ABORTED", "answered"],
  ["PERMISSION_DENIED", "answered"],
  ["UNIMPLEMENTED", "answered"],
  ["RESOURCE_EXHAUSTED", "nothing"],
  ["CANCELLED", "nothing"],
])("%s of a server says that it has %s", (code, outcome) => {
  expect(outcomeOf(sent(code), 5)).toBe(outcome);
  expect(streamOutcomeOf(sent(code))).toBe(outcome);
});

test("a lost connection, a late response and a caller that leaves differ", () => {
  expect(outcomeOf(undefined, 5)).toBe("answered");
  expect(outcomeOf(endedHere("UNAVAILABLE", "test", unary), 5)).toBe("lost");
  expect(outcomeOf(endedHere("DEADLINE_EXCEEDED", "test", unary), 1_000)).toBe("late");
  expect(outcomeOf(endedHere("DEADLINE_EXCEEDED", "test", unary), 999)).toBe("nothing");
  expect(streamOutcomeOf(endedHere("DEADLINE_EXCEEDED", "test", unary))).toBe("nothing");
  expect(outcomeOf(new Error("the loop was left"), 5_000)).toBe("nothing");
  expect(outcomeOf(invalidArgument("number", "is wrong"), 5)).toBe("answered");
});
