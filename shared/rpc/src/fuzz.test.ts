import { test } from "vitest";
import { expectToSurvive } from "../fixtures/fuzzed-server.ts";

test("a server survives 3,000 damaged messages", () => expectToSurvive(3_000, 1));
