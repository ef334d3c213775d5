import { test } from "vitest";
import { expectToSurvive } from "../fixtures/fuzzed-server.ts";

/** The day, so that a failure can be repeated: all runs of a day are the same. */
const seed = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));

test(
  `a server survives 100,000 damaged messages, those of seed ${seed}, which is the day`,
  () => expectToSurvive(100_000, seed),
  900_000,
);
