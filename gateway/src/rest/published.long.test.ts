import { expect, it } from "vitest";
import { openPublished } from "../../fixtures/published.ts";

const [batches, batchSize] = [100, 3_000];
const seed = Date.now() % 2 ** 31;

it(`reads what the published schema accepts, in ${batches * batchSize} requests (seed ${seed})`, async () => {
  const compare = await openPublished();
  for (let batch = 0; batch < batches; batch++) {
    expect(compare(batchSize, seed + batch).slice(0, 10)).toEqual([]);
  }
}, 1_800_000);
