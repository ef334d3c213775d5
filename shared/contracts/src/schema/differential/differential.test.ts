import { env } from "node:process";
import { corpusProto } from "@mesh/codegen/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edgesOf, messageArbitrary } from "../../../fixtures/arbitrary.ts";
import { type Difference, type Oracle, openOracle } from "../../../fixtures/oracle.ts";

/** The number of messages to try; `npm run test:differential` tries more. */
const total = Number(env.DIFFERENTIAL_MESSAGES ?? 3_000);
const seed = Number(env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const batchSize = 1_000;
/** Enough to see what is wrong. */
const maxDifferences = 10;

const { files, messages } = corpusProto();
let oracle: Oracle;

beforeAll(async () => {
  oracle = await openOracle(files);
  // A machine that is busy takes minutes for some thousand schemas.
}, 600_000);
afterAll(() => oracle.dispose());

// The seed is in the name, so that a run that fails says how to repeat it.
test(`schemas and protovalidate find the same violations in ${total} messages (seed ${seed})`, {
  timeout: 3_600_000,
}, () => {
  const any = fc.oneof(...messages.map(arbitraryOf));
  const differences: Difference[] = [];
  for (let done = 0; done < total && differences.length < maxDifferences; done += batchSize) {
    const numRuns = Math.min(batchSize, total - done);
    for (const { name, input } of fc.sample(any, { seed: seed + done, numRuns })) {
      const difference = oracle.difference(name, input);
      if (difference) differences.push(difference);
    }
  }
  const declared = (name: string) => messages.find((message) => message.name === name)?.source;
  expect(differences.slice(0, maxDifferences).map((one) => ({ declared: declared(one.name), ...one }))).toEqual([]);
});

/** Values made for the rules of a message, and the corpus's own. */
function arbitraryOf({ name, source, inputs }: (typeof messages)[number]) {
  const made = messageArbitrary(oracle.desc(name), edgesOf(source));
  return fc
    .oneof({ weight: 4, arbitrary: made }, { weight: 1, arbitrary: fc.constantFrom(...inputs) })
    .map((input) => ({
      name,
      input,
    }));
}
