import { ScalarType } from "@bufbuild/protobuf";

const [int32Max, int64Max] = [2 ** 31 - 1, 2n ** 63n - 1n];
const signed = [0, 1, -1, int32Max, -int32Max - 1];
const unsigned = [0, 1, 2 ** 32 - 1];
const signed64 = [0n, 1n, -1n, 2n ** 53n + 1n, int64Max, -int64Max - 1n];
const unsigned64 = [0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n];
const reals = [0, -0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Values of each scalar, in TypeScript. */
export const scalarValues: Readonly<Record<ScalarType, readonly unknown[]>> = {
  [ScalarType.DOUBLE]: [...reals, 5e-324, Number.MAX_VALUE, 2 ** 53],
  [ScalarType.FLOAT]: [...reals, 1.4013e-45, 3.4028235e38, 0.1, 0.7, 0.2],
  [ScalarType.INT32]: signed,
  [ScalarType.SINT32]: signed,
  [ScalarType.SFIXED32]: signed,
  [ScalarType.UINT32]: unsigned,
  [ScalarType.FIXED32]: unsigned,
  [ScalarType.INT64]: signed64,
  [ScalarType.SINT64]: signed64,
  [ScalarType.SFIXED64]: signed64,
  [ScalarType.UINT64]: unsigned64,
  [ScalarType.FIXED64]: unsigned64,
  [ScalarType.BOOL]: [false, true],
  [ScalarType.STRING]: ["", "a", "~n1", "~m", "~", "__proto__", "constructor", "é👍", '"\\\n\u0000\u2028'],
  [ScalarType.BYTES]: [[], [0], [251, 255, 191], [0, 255]].map((all) => new Uint8Array(all)),
};

/** Values of enums and messages, in TypeScript. */
export const typeValues: Readonly<Record<string, readonly unknown[]>> = {
  Color: [0, 1, -2, 77],
  Closed: [1, 2],
  Part: [
    { text: "", part: undefined },
    { text: "~", part: { text: "b", part: undefined } },
  ],
  Inherited: [
    { toString: undefined, constructor: undefined },
    { toString: "a", constructor: { toString: undefined, constructor: undefined } },
  ],
  "google.protobuf.Timestamp": [0, -1, 1_709_210_096_789, -62_135_596_800_000, 253_402_300_799_999].map(
    (time) => new Date(time),
  ),
  "google.protobuf.Duration": [
    { seconds: 0n, nanos: 0 },
    { seconds: -1n, nanos: -999_999_999 },
    { seconds: 315_576_000_000n, nanos: 1 },
  ],
  "google.protobuf.FieldMask": [[], ["a"], ["a.b", "foo_bar"]],
  "google.protobuf.Struct": [{}, JSON.parse('{"a":[1,null,{"b":""}],"__proto__":false}'), { "~": "~n1" }],
  "google.protobuf.ListValue": [[], [null, 0, "", false, [], {}]],
  "google.protobuf.Value": [null, -0.5, "~u", true, [], [[{}]], {}, { a: null }],
  "google.protobuf.Any": [{ typeUrl: "type.googleapis.com/forms.v1.Part", value: new Uint8Array([10, 1, 126]) }],
  "google.protobuf.Empty": [{}],
};
