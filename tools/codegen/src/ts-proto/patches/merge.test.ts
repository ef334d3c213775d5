import { describe, expect, test } from "vitest";
import { apply, type Codec, patched, stock } from "../../../testing/stock.ts";
import { merge } from "./merge.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message M {
  Status status = 1;
  oneof choice { Status one = 2; google.protobuf.Timestamp when = 3; google.protobuf.Struct object = 4; }
  map<string, Status> by_name = 5;
  google.protobuf.Timestamp at = 6;
  google.protobuf.Duration took = 7;
  google.protobuf.StringValue text = 8;
  google.protobuf.Struct struct = 9;
  google.protobuf.ListValue list = 10;
  google.protobuf.Value value = 11;
  google.protobuf.FieldMask mask = 12;
  google.protobuf.Any any = 13;
  M m = 14;
}
message Status { int32 code = 1; string message = 2; repeated int32 numbers = 3; map<string, int32> counts = 4; }
`;

/** The bytes of a field with a length. */
function field(number: number, ...parts: readonly (readonly number[] | string)[]): number[] {
  const bytes = parts.flatMap((part) => [...(typeof part === "string" ? Buffer.from(part) : part)]);
  return [(number << 3) | 2, bytes.length, ...bytes];
}

/** Returns what decodes a message from the bytes of its fields. */
async function reader() {
  const { decode } = await (await patched(contract)).codec("M");
  return (...fields: readonly number[][]): Record<string, unknown> => decode(new Uint8Array(fields.flat()));
}

const code = [8, 5];
const message = field(2, "x");

test("stock ts-proto replaces a message that occurs again", async () => {
  const { decode: decodeStock }: Codec = await (await stock(contract)).codec("M");
  const bytes = [field(1, code), field(1, message)].flat();
  expect(decodeStock(new Uint8Array(bytes)).status).toMatchObject({ code: 0, message: "x" });
});

describe("a single message that occurs again is merged", () => {
  const merged = { code: 5, message: "x", numbers: [], counts: {} };

  test("in a field", async () => {
    const read = await reader();
    expect(read(field(1, code), field(1, message)).status).toEqual(merged);
    expect(read(field(1, code, message), field(1)).status).toEqual(merged);
  });

  test("its lists and maps grow, its scalars and its entries are replaced", async () => {
    const read = await reader();
    const entry = (key: string, value: number) => field(4, field(1, key), [16, value]);
    const first = field(1, code, field(3, [1, 2]), entry("a", 1), entry("b", 1));
    const second = field(1, [8, 6], field(3, [3]), entry("b", 2));
    expect(read(first, second).status).toEqual({ code: 6, message: "", numbers: [1, 2, 3], counts: { a: 1, b: 2 } });
  });

  test("in a message that occurs again itself", async () => {
    const read = await reader();
    const bytes = [field(14, field(1, code)), field(14, field(14)), field(14, field(1, message))];
    expect(read(...bytes).m).toMatchObject({ status: merged, m: { status: undefined } });
  });

  test("in a oneof, until another field of the oneof is read", async () => {
    const read = await reader();
    expect(read(field(2, code), field(2, message)).choice).toEqual({ $case: "one", value: merged });
    expect(read(field(2, code), field(3), field(2, message)).choice).toEqual({
      $case: "one",
      value: { ...merged, code: 0 },
    });
    expect(read(field(3, [8, 1]), field(3, [16, 128, 137, 122])).choice).toEqual({
      $case: "when",
      value: new Date(1_002),
    });
  });

  test("as the value of one entry of a map, but not of two", async () => {
    const read = await reader();
    expect(read(field(5, field(1, "a"), field(2, code), field(2, message))).byName).toEqual({ a: merged });
    expect(read(field(5, field(1, "a"), field(2, code)), field(5, field(1, "a"), field(2, message))).byName).toEqual({
      a: { ...merged, code: 0 },
    });
  });

  test("as a Timestamp, a Duration, an Any or a wrapper", async () => {
    const read = await reader();
    expect(read(field(6, [8, 1]), field(6, [16, 128, 137, 122])).at).toEqual(new Date(1_002));
    expect(read(field(7, [8, 1]), field(7, [16, 2])).took).toEqual({ seconds: 1n, nanos: 2 });
    expect(read(field(13, field(1, "x")), field(13, field(2, [1]))).any).toEqual({
      typeUrl: "x",
      value: new Uint8Array([1]),
    });
    expect(read(field(8, field(1, "x")), field(8)).text).toBe("x");
    expect(read(field(8, field(1, "x")), field(8, field(1, "y"))).text).toBe("y");
  });

  test("as a Struct, a ListValue, a Value or a FieldMask", async () => {
    const read = await reader();
    const text = (value: string) => field(3, value);
    const entry = (key: string, value: number[]) => field(1, field(1, key), field(2, value));
    expect(
      read(field(9, entry("a", text("x")), entry("b", text("x"))), field(9, entry("b", text("y")))).struct,
    ).toEqual({
      a: "x",
      b: "y",
    });
    expect(read(field(4, entry("a", text("x"))), field(4, entry("b", text("y")))).choice).toEqual({
      $case: "object",
      value: { a: "x", b: "y" },
    });
    expect(read(field(10, field(1, text("x"))), field(10, field(1, text("y")))).list).toEqual(["x", "y"]);
    const list = (value: string) => field(6, field(1, text(value)));
    expect(read(field(11, list("x")), field(11, list("y"))).value).toEqual(["x", "y"]);
    expect(read(field(11, list("x")), field(11, text("y"))).value).toBe("y");
    expect(read(field(11, [8, 0]), field(11)).value).toBeNull();
    expect(read(field(11, field(5, entry("a", text("x"))), field(5, entry("b", text("y"))))).value).toEqual({
      a: "x",
      b: "y",
    });
    expect(read(field(12, field(1, "a")), field(12, field(1, "b"))).mask).toEqual(["a", "b"]);
  });

  test("with the key __proto__ as an ordinary key", async () => {
    const read = await reader();
    const entry = (key: string) => field(1, field(1, key), field(2, field(3, "x")));
    const { struct } = read(field(9, entry("a")), field(9, entry("__proto__")));
    expect(Object.entries(struct as object)).toEqual([
      ["a", "x"],
      ["__proto__", "x"],
    ]);
    expect(Object.getPrototypeOf(struct)).toBe(Object.prototype);
  });
});

test("a merge takes time for the new bytes alone", async () => {
  const read = await reader();
  const keys = Array.from({ length: 30_000 }, (_, index) => `key ${index}`);
  const entries = keys.flatMap((key) => field(1, field(1, key), field(2, [8, 0])));
  const length = [(entries.length & 127) | 128, ((entries.length >> 7) & 127) | 128, entries.length >> 14];
  const empty = Array.from({ length: 300_000 }, () => [74, 0]);
  // If each of the empty messages copied the others, this would take hours.
  expect(Object.keys(read([[74, ...length], entries, ...empty].flat()).struct as object)).toEqual(keys);
});

test("a decoder of another form is an error", async () => {
  const changed = "  decode(\n    const message = createBaseM;\n";
  await expect(apply(merge, changed)).rejects.toThrow(
    "the output of ts-proto changed: a decoder starts in another way",
  );
});

test("a message that is read in another way is an error", async () => {
  const changed = "    message.status = Status.decode(reader, readLength());\n";
  await expect(apply(merge, changed)).rejects.toThrow("a message is read in another way: message.status = ");
});
