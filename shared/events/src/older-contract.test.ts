import { CancelReason, OrderCancelled } from "@mesh/contracts/orders/v1";
import { expect, test } from "vitest";
import { nobody, openPart } from "../fixtures/part.ts";
import { openServers } from "../fixtures/servers.ts";
import { openStreams } from "../fixtures/streams.ts";
import { on } from "./index.ts";

/** A reason that a later version of the contract declares. */
const laterReason = 77 as CancelReason;

/** Field 77 of a later version, the text "later". */
const laterField = Buffer.from([0xea, 0x04, 5, ...Buffer.from("later")]);

/** The event as its owner has it in a later version of the contract. */
const LaterOrderCancelled: typeof OrderCancelled = {
  ...OrderCancelled,
  encode: (message) => Buffer.concat([OrderCancelled.encode(message), laterField]),
};

test("a consumer that was built before a field and a value of an enum were added handles events that have them", async () => {
  const seen: OrderCancelled[] = [];
  await using opened = await openServers();
  const consumers = [on(OrderCancelled, async (event) => void seen.push(event))];
  await using part = await openPart(opened.servers, { consumers });
  const orderId = crypto.randomUUID();
  for (const reason of [laterReason, CancelReason.CANCEL_REASON_CUSTOMER]) {
    await part.events.transaction(nobody, (tx) => tx.publish(LaterOrderCancelled, { orderId, reason, customerId: "" }));
  }
  await expect.poll(() => seen).toHaveLength(2);
  expect(seen).toMatchObject([
    { orderId, reason: 77 },
    { orderId, reason: CancelReason.CANCEL_REASON_CUSTOMER },
  ]);
  await using streams = await openStreams(opened.servers.nats);
  expect((await streams.read("orders_v1")).map(({ data }) => Buffer.from(data).includes("later"))).toEqual([
    true,
    true,
  ]);
  expect(await streams.deadLetters()).toEqual([]);
});
