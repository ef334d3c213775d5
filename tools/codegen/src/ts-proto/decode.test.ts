import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DecodeOracle, openDecodeOracle } from "../../testing/decode-oracle.ts";
import { differences } from "../../testing/wire-differences.ts";

let oracle: DecodeOracle;
beforeAll(async () => {
  oracle = await openDecodeOracle();
});
afterAll(() => oracle?.dispose());

test("generated and damaged bytes mean what they mean to protobuf-es", () => {
  for (const message of oracle.messages) oracle.compare(message, 40);
  const total = oracle.messages.length * 40;
  // Most inputs are compared: both decoders return an equal message, or both reject.
  expect(oracle.counts.get("same")).toBeGreaterThan(total / 3);
  expect(oracle.counts.get("rejected")).toBeGreaterThan(total / 20);
});

test("the differences are few, and documented", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../../docs/contracts.md"), "utf8");
  const texts = Object.values(differences);
  expect(texts.length).toBeLessThanOrEqual(10);
  for (const text of texts) expect(page.replace(/\s+/g, " ")).toContain(text);
});
