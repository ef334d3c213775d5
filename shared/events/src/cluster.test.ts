import { expect, test } from "vitest";
import { openClusterLoad } from "../fixtures/cluster-load.ts";

test("no event is lost, doubled or out of order if the leader of its stream is killed", {
  timeout: 300_000,
}, async () => {
  await using load = await openClusterLoad();
  expect(await load.kill("consumer")).toBeLessThan(10_000);
  await load.expectOnceInOrder();
});
