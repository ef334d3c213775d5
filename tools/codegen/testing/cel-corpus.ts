import type { CorpusMessage } from "./corpus-message.ts";

type Inputs = CorpusMessage["inputs"];
const bytesOf = (...values: number[]) => new Uint8Array(values);
const time = (text: string) => new Date(text);

/** Returns a rule with an id. */
function cel(expression: string, message = ""): string {
  return `{id: "own.rule" message: "${message}" expression: ${JSON.stringify(expression)}}`;
}

function onField(type: string, expression: string, values: readonly unknown[], more = ""): readonly [string, Inputs] {
  const options = [`(buf.validate.field).cel = ${cel(expression)}`, more].filter(Boolean).join(", ");
  return [`${type} value = 1 [${options}];`, [{}, ...values.map((value) => ({ value }))]];
}

function within(type: string, part: string, expression: string, values: readonly unknown[]): readonly [string, Inputs] {
  const source = `${type} value = 1 [(buf.validate.field).${part}.cel = ${cel(expression)}];`;
  return [source, [{}, ...values.map((value) => ({ value }))]];
}

const texts = [
  "a",
  "ab",
  "é👍",
  "a@b.c",
  "127.0.0.1",
  "::1",
  "10.0.0.0/8",
  "10.0.0.1/8",
  "example.com",
  "https://a.b/c",
];
const zeroIgnored = "(buf.validate.field).ignore = IGNORE_IF_ZERO_VALUE";

const all: readonly (readonly [string, Inputs])[] = [
  onField("string", "this != 'ab'", texts),
  onField("string", "this == 'ab' ? '' : 'not ab'", texts),
  onField("string", "this.size() < 3 && this.startsWith('a')", texts),
  onField("string", "this.matches('^[a-z]+$')", texts),
  onField("optional string", "this == 'ab'", ["", ...texts]),
  onField("string", "this == 'ab'", texts, zeroIgnored),
  onField("string", "this == 'ab'", texts, "(buf.validate.field).required = true"),
  onField("string", "this == 'ab'", texts, "(buf.validate.field).ignore = IGNORE_ALWAYS"),
  onField("string", "this == 'ab'", texts, "(buf.validate.field).string.max_len = 1"),
  ...[
    "isEmail()",
    "isHostname()",
    "isIp()",
    "isIp(4)",
    "isIp(6)",
    "isIp(5)",
    "isIpPrefix()",
    "isIpPrefix(4, true)",
  ].map((call) => onField("string", `this.${call}`, texts)),
  ...["isUri()", "isUriRef()", "isHostAndPort(false)", "isHostAndPort(true)", "isIpPrefix(true)", "isIpPrefix(6)"].map(
    (call) => onField("string", `this.${call}`, [...texts, "a.b:80", "[::1]", "[::1]:1", "2001:db8::/32", "%zz"]),
  ),
  onField("int32", "this > 5 && this != 7", [5, 6, 7, -1]),
  onField("int32", "10 / this > 1", [1, 5, 10]),
  onField("int32", "this > 5", [0, 5, 6], zeroIgnored),
  onField("uint32", "this > 5u", [5, 6, 2 ** 32 - 1]),
  onField("int64", "this < 9223372036854775807", [1n, 2n ** 63n - 1n, -(2n ** 63n)]),
  onField("uint64", "this > 5u", [5n, 6n, 2n ** 64n - 1n]),
  onField("double", "!this.isNan() && !this.isInf()", [1.5, Number.NaN, Infinity, -Infinity, -0]),
  onField("double", "this.isInf(1) || this.isInf(-1)", [1.5, Infinity, -Infinity]),
  onField("float", "this == 0.10000000149011612", [0.1, 0.5]),
  onField("bool", "this", [true, false]),
  onField("bytes", "this.startsWith(b'\\x01') && this.endsWith(b'\\x02') && this.contains(b'\\x01\\x02')", [
    bytesOf(1, 2),
    bytesOf(1),
    bytesOf(0, 1, 2),
    bytesOf(1, 2, 1, 2),
  ]),
  onField("Color", "this == 1 || this == corpus.v1.Color.COLOR_BLUE", [0, 1, 2, 42, -1]),
  onField("google.protobuf.Timestamp", "this < now", [time("1970-01-01T00:00:05Z"), time("2200-01-01T00:00:00Z")]),
  onField("google.protobuf.Timestamp", "this.getFullYear() == 1970", [
    time("1970-01-01T00:00:00Z"),
    time("1969-12-31T23:59:59.999Z"),
  ]),
  onField("google.protobuf.Duration", "this < duration('5s')", [
    { seconds: 4n, nanos: 999 },
    { seconds: 5n, nanos: 0 },
  ]),
  onField("google.protobuf.StringValue", "this != ''", ["", "a"]),
  onField("google.protobuf.Int64Value", "this > 5", [0n, 6n]),
  onField("google.protobuf.UInt32Value", "this > 5u", [0, 6]),
  onField("google.protobuf.FieldMask", "this.paths.size() < 2", [[], ["a"], ["a", "b"]]),
  onField("google.protobuf.Struct", "'a' in this && this['a'] == 1.0", [
    {},
    { a: 1 },
    { a: "x", b: [null, { c: true }] },
  ]),
  onField("google.protobuf.Value", "this == 'a'", ["a", 1, true, ["a"]]),
  onField("google.protobuf.ListValue", "this.size() == 1", [[], [1], [1, "a"]]),
  onField("Part", "has(this.part) && this.part.text == 'a'", [
    { text: "a" },
    { text: "", part: {} },
    { text: "b", part: { text: "a" } },
  ]),
  onField("repeated string", "this.all(x, x.size() > 1) && this.unique()", [["aa"], ["a"], ["aa", "aa"]]),
  onField("repeated string", "this.size() == 1", [["a"], ["a", "b"]], zeroIgnored),
  onField("repeated int32", "this.unique()", [[1], [1, 1]]),
  onField("repeated uint64", "this.unique()", [[1n], [1n, 1n]]),
  onField("repeated double", "this.unique()", [[1], [1, 1], [Number.NaN, Number.NaN], [0, -0]]),
  onField("repeated bytes", "this.unique()", [[bytesOf(1)], [bytesOf(1), bytesOf(1)]]),
  onField("repeated Part", "this.exists(x, x.text == 'a')", [[{ text: "a" }], [{ text: "b" }, { text: "" }]]),
  onField("map<string, int32>", "this.size() > 1 && this['a'] == 1", [{ a: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }]),
  onField("map<int64, Part>", "5 in this", [new Map([[5n, { text: "a" }]]), new Map([[1n, { text: "a" }]])]),
  onField("map<bool, string>", "true in this", [new Map([[true, "a"]]), new Map([[false, ""]])], zeroIgnored),
  within("repeated string", "repeated.items", "this == 'ab'", [["ab"], ["a", "ab", ""]]),
  within("repeated Part", "repeated.items", "this.text == 'a'", [[{ text: "a" }, { text: "b" }, { text: "" }]]),
  within("repeated Color", "repeated.items", "this != 1", [[0, 1, 2]]),
  within("map<string, int32>", "map.keys", "this == 'a'", [{ a: 1, b: 2, '"': 3 }]),
  within("map<uint32, string>", "map.keys", "this < 5u", [{ 1: "a", 7: "b" }]),
  within("map<int64, string>", "map.keys", "this < 5", [
    new Map([
      [1n, "a"],
      [7n, "b"],
    ]),
  ]),
  within("map<string, int32>", "map.values", "this > 1", [{ a: 1, b: 2 }]),
  within("map<string, Part>", "map.values", "this.text != 'b'", [{ a: { text: "b" }, b: { text: "" } }]),
  [
    "repeated string value = 1 [(buf.validate.field).repeated.items = {ignore: IGNORE_IF_ZERO_VALUE cel_expression: \"this == 'a'\"}];",
    [{ value: ["", "a", "b"] }],
  ],
  ["string value = 1 [(buf.validate.field).cel_expression = \"this == 'a'\"];", [{}, { value: "a" }]],
  [
    `option (buf.validate.message).cel = ${cel("this.from_day < this.to_day", "from must be before to")};
    option (buf.validate.message).cel_expression = "this.from_day != 7";
    int32 from_day = 1 [(buf.validate.field).int32.gte = 1]; int32 to_day = 2;`,
    [{}, { fromDay: 1, toDay: 2 }, { fromDay: 7, toDay: 2 }, { toDay: 2 }],
  ],
  [
    `option (buf.validate.message).cel = ${cel("has(this.a_b) ? this.a_b == 'x' : has(this.part) && !has(this.plain)")};
    oneof which_one { string a_b = 1; Part part = 2; } int32 plain = 3;`,
    [
      {},
      { whichOne: { $case: "aB", value: "x" } },
      { whichOne: { $case: "aB", value: "" }, plain: 1 },
      { whichOne: { $case: "part", value: { text: "a" } } },
      { whichOne: { $case: "part", value: { text: "" } }, plain: 1 },
    ],
  ],
  [
    `option (buf.validate.message).cel = ${cel("this.by_name.all(k, this.by_name[k].text != k) && this.note == 'n' && this.at > timestamp('1970-01-01T00:00:00Z')")};
    map<string, Part> by_name = 1; google.protobuf.StringValue note = 2; google.protobuf.Timestamp at = 3; google.protobuf.Struct extra = 4;`,
    [
      { byName: {}, note: "n", at: time("1970-01-01T00:00:05Z"), extra: { a: [1] } },
      { byName: { a: { text: "a" } }, note: "n", at: time("1970-01-01T00:00:05Z") },
      { byName: {}, note: "m", at: time("1960-01-01T00:00:05Z") },
    ],
  ],
  [
    `option (buf.validate.message).cel = ${cel("this == corpus.v1.Cel0{} || this.count > 1u")}; uint64 count = 1; int32 half = 2;`,
    [{}, { count: 1n }, { count: 2n }],
  ],
  [
    `option (buf.validate.message).cel = ${cel("!has(this.next) || this.next.depth > this.depth")}; CelSelf next = 1; int32 depth = 2;`.replace(
      "CelSelf",
      "Part2",
    ),
    [{}, { depth: 1, next: { depth: 2 } }, { depth: 2, next: { depth: 1 } }],
  ],
];

/** Messages whose rules are expressions. */
export const celMessages: readonly CorpusMessage[] = all.map(([source, inputs], index) => ({
  group: "expressions",
  name: `Cel${index}`,
  source: source.replace(/Part2 next/, `Cel${index} next`),
  inputs,
}));
