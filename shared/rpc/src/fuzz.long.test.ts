import { test } from "vitest";
import { expectToSurvive } from "../fixtures/fuzzed-server.ts";

const seed = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));

test(`a server survives 100,000 damaged messages, seed ${seed}`, () => expectToSurvive(100_000, seed), 900_000);
