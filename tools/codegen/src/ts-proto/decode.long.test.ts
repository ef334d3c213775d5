import { afterAll, beforeAll, expect, test } from "vitest";
import { type DecodeOracle, openDecodeOracle } from "../../testing/decode-oracle.ts";

const runs = 1_500;

let oracle: DecodeOracle;
beforeAll(async () => {
  oracle = await openDecodeOracle();
});
afterAll(() => oracle?.dispose());

test("50,000 generated and damaged inputs mean what they mean to protobuf-es", () => {
  for (const message of oracle.messages) oracle.compare(message, runs);
  const inputs = [...oracle.counts.values()].reduce((sum, count) => sum + count, 0);
  expect(inputs).toBeGreaterThanOrEqual(50_000);
}, 1_800_000);
