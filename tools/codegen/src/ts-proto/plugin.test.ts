import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateFiles, writeGenerated } from "../../testing/generated.ts";
import type { Codec } from "../../testing/stock.ts";

const contract = `
syntax = "proto3";
package codec.v1;
import "google/protobuf/timestamp.proto";
message All {
  google.protobuf.Timestamp at = 1;
  repeated google.protobuf.Timestamp times = 2;
  int64 signed = 3;
  uint64 unsigned = 4;
  sint64 zigzag = 5;
  fixed64 fixed = 6;
  repeated int64 numbers = 7;
  bytes data = 8;
  oneof choice { string text = 9; bytes blob = 10; All all = 11; int64 number = 12; google.protobuf.Timestamp when = 13; }
  map<int64, int64> by_number = 14;
  map<string, bytes> by_name = 15;
  optional int32 maybe = 16;
  double real = 17;
}
`;

let codecs: Record<string, Codec>;
let dispose: () => Promise<void>;

beforeAll(async () => {
  const generated = await writeGenerated(await generateFiles({ "codec/v1/codec.proto": contract }));
  dispose = generated.dispose;
  codecs = await import(join(generated.folder, "codec/v1/codec.pb.ts"));
});
afterAll(() => dispose());

function codec(name: string): Codec {
  const found = codecs[name];
  if (!found) throw new Error(`${name} was not generated`);
  return found;
}

/** Encodes and decodes a message. */
function sent(message: Record<string, unknown>): Record<string, unknown> {
  const empty = codec("All").decode(new Uint8Array());
  return codec("All").decode(
    codec("All")
      .encode({ ...empty, ...message })
      .finish(),
  );
}

const times = [
  "1970-01-01T00:00:00.000Z",
  "1970-01-01T00:00:00.001Z",
  "1969-12-31T23:59:59.999Z",
  "1969-12-31T23:59:59.001Z",
  "1969-12-31T23:59:59.000Z",
  "1901-01-01T00:00:00.123Z",
  "0001-01-01T00:00:00.000Z",
  "2038-01-19T03:14:08.007Z",
  "9999-12-31T23:59:59.999Z",
].map((text) => new Date(text));

describe("a message is the same after a round trip", () => {
  test.each(times)("time %s", (at) => {
    expect(sent({ at, choice: { $case: "when", value: at } })).toMatchObject({
      at,
      choice: { $case: "when", value: at },
    });
  });

  test("a list of times", () => {
    expect(sent({ times }).times).toEqual(times);
  });

  test.each([0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])("64 bits %s", (number) => {
    const message = {
      signed: number,
      zigzag: number,
      unsigned: BigInt.asUintN(64, number),
      fixed: BigInt.asUintN(64, number),
      numbers: [number, 0n],
      choice: { $case: "number", value: number },
      byNumber: new Map([[number, number]]),
    };
    expect(sent(message)).toMatchObject(message);
  });

  test.each([
    undefined,
    { $case: "text", value: "" },
    { $case: "blob", value: new Uint8Array() },
    { $case: "number", value: 0n },
  ])("a oneof whose value is the default, or nothing: %o", (choice) => {
    expect(sent({ choice }).choice).toEqual(choice);
  });

  test("bytes, a map with a key __proto__, a number that may be absent, NaN", () => {
    const byName = Object.fromEntries([["__proto__", new Uint8Array([1])]]);
    const message = { data: new Uint8Array([0, 255]), byName, maybe: 0, real: Number.NaN };
    const received = sent(message);
    expect(received).toMatchObject({ data: message.data, maybe: 0, real: Number.NaN });
    expect(Object.entries(received.byName as object)).toEqual([["__proto__", new Uint8Array([1])]]);
    expect(Object.getPrototypeOf(received.byName)).toBe(Object.prototype);
  });
});
