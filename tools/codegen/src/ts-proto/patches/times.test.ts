import { expect, test } from "vitest";
import { apply, type Output, patched, stock } from "../../../testing/stock.ts";
import { times } from "./times.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "google/protobuf/timestamp.proto";
message Timed { google.protobuf.Timestamp at = 1; }
message Raw { Time at = 1; message Time { int64 seconds = 1; int32 nanos = 2; } }
`;

async function sent({ codec }: Output, at: Date) {
  return (await codec("Raw")).decode((await codec("Timed")).encode({ at }).finish()).at;
}

async function received({ codec }: Output, at: { seconds: bigint; nanos: number }) {
  return (await codec("Timed")).decode((await codec("Raw")).encode({ at }).finish()).at;
}

test("stock ts-proto sends negative nanoseconds before 1970", async () => {
  expect(await sent(await stock(contract), new Date(-1))).toEqual({ seconds: 0n, nanos: -1_000_000 });
});

test("stock ts-proto rounds a time before 1970 up", async () => {
  expect(await received(await stock(contract), { seconds: -1n, nanos: 1_999_999 })).toEqual(new Date(-998));
});

test("nanoseconds count forward before 1970", async () => {
  expect(await sent(await patched(contract), new Date(-1))).toEqual({ seconds: -1n, nanos: 999_000_000 });
});

test("a time is cut to the millisecond that it is in", async () => {
  expect(await received(await patched(contract), { seconds: -1n, nanos: 1_999_999 })).toEqual(new Date(-999));
});

test("a function with another body is an error", async () => {
  const changed = "function toTimestamp(date: Date): Timestamp {\n  return fromDate(date);\n}\n";
  await expect(apply(times, changed)).rejects.toThrow(
    "p/v1/p.proto: the output of ts-proto changed: toTimestamp has another body",
  );
});
