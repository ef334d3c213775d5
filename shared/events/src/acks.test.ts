import { expect, test, vi } from "vitest";
import { Acks } from "./acks.ts";

/** Makes acks whose window is 8 events, and events with which it receives them. Returns the events that are acknowledged, too. */
function openAcks(count: number) {
  const acknowledged: number[] = [];
  const acks = new Acks(8);
  const [, ...events] = Array.from({ length: count + 1 }, (_, number) => {
    return { isSettled: false, ack: () => void acknowledged.push(number) };
  });
  for (const event of events) acks.receive(event);
  const settle = (number: number) => {
    const event = events[number - 1];
    if (event) acks.settle(event);
  };
  return { acks, settle, acknowledged };
}

test("an ack is for all events before it, once a quarter of the window is settled", () => {
  const { settle, acknowledged } = openAcks(3);
  settle(2);
  expect(acknowledged).toEqual([]);
  settle(1);
  expect(acknowledged).toEqual([2]);
});

test("fewer events are acknowledged a moment later", async () => {
  const { settle, acknowledged } = openAcks(3);
  settle(1);
  expect(acknowledged).toEqual([]);
  await vi.waitFor(() => expect(acknowledged).toEqual([1]));
});

test("events that take long are passed if they are half of a window or less", () => {
  const { settle, acknowledged } = openAcks(6);
  settle(2);
  expect(acknowledged).toEqual([]);
  settle(3);
  expect(acknowledged).toEqual([6]);
  settle(1);
  settle(6);
  expect(acknowledged).toEqual([6]);
});

test("nothing is acknowledged after the end", () => {
  const { acks, settle, acknowledged } = openAcks(3);
  acks.close();
  for (const number of [1, 2, 3]) settle(number);
  expect(acknowledged).toEqual([]);
});
