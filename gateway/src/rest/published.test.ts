import { expect, it } from "vitest";
import { openPublished } from "../../fixtures/published.ts";

const seed = Date.now() % 2 ** 31;

// The seed is in the name, so that a run that fails says how to repeat it. published.long.test.ts draws more values.
it(`reads what the published schema accepts in a body, a query and a path, and nothing else (seed ${seed})`, async () => {
  const compare = await openPublished();
  expect(compare(3_000, seed).slice(0, 10)).toEqual([]);
});
