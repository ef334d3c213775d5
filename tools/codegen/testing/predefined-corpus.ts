import type { CorpusMessage } from "./corpus-message.ts";

/** Extensions of the rules, which only proto2 and editions can define. */
export const rulesProto = `
edition = "2023";
package corpus.v1;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Allowed { bool enabled = 1; string value = 2; repeated string others = 3; Allowed more = 4; }
extend buf.validate.StringRules {
  bool slug = 1001 [(buf.validate.predefined).cel = {id: "string.slug" expression: "!rule || this.matches('^[a-z-]+$')"}];
  string not_like = 1002 [(buf.validate.predefined).cel = {id: "string.not_like" expression: "this != rule ? '' : 'is like ' + rule"}];
  Allowed allow = 1004 [(buf.validate.predefined).cel = {id: "string.allow" message: "must be it" expression: "!rule.enabled || this == rule.value || this in rule.others || (has(rule.more) && this == rule.more.value)"}];
  google.protobuf.StringValue wrapped = 1005 [(buf.validate.predefined).cel = {id: "string.wrapped" expression: "this == rule"}];
  google.protobuf.Int32Value shorter = 1006 [(buf.validate.predefined).cel = {id: "string.shorter" expression: "this.size() < rule"}];
  google.protobuf.Duration as_seconds = 1007 [(buf.validate.predefined).cel = {id: "string.as_seconds" expression: "duration(this) <= rule"}];
  google.protobuf.Struct keyed = 1009 [(buf.validate.predefined).cel = {id: "string.keyed" expression: "this in rule"}];
  repeated google.protobuf.StringValue texts = 1010 [(buf.validate.predefined).cel = {id: "string.texts" expression: "this in rule"}];
  repeated Allowed any_of = 1008 [(buf.validate.predefined).cel = {id: "string.any_of" expression: "rule.exists(one, one.value == this)"}];
  repeated string words = 1003 [(buf.validate.predefined).cel = {id: "string.words" expression: "this in rule"}];
}
extend buf.validate.Int32Rules {
  int32 multiple_of = 1001 [(buf.validate.predefined).cel = {id: "int32.multiple_of" expression: "this % rule == 0"}];
  repeated int32 among = 1002 [(buf.validate.predefined).cel = {id: "int32.among" expression: "this in rule"}];
}
extend buf.validate.Int64Rules {
  repeated google.protobuf.Int64Value abs_in = 1001 [(buf.validate.predefined).cel = {id: "int64.abs_in" expression: "this in rule || this in rule.map(n, -n)"}];
}
extend buf.validate.UInt64Rules {
  uint64 over = 1001 [
    (buf.validate.predefined).cel = {id: "uint64.over" expression: "this > rule"},
    (buf.validate.predefined).cel = {id: "uint64.small" expression: "this < rule * 10u"}
  ];
}
extend buf.validate.DoubleRules {
  double near = 1001 [(buf.validate.predefined).cel = {id: "double.near" expression: "this - rule < 1.0 && rule - this < 1.0"}];
}
extend buf.validate.RepeatedRules {
  int64 at_most = 1001 [(buf.validate.predefined).cel = {id: "repeated.at_most" expression: "this.size() <= rule"}];
}
extend buf.validate.MapRules {
  bool has_a = 1001 [(buf.validate.predefined).cel = {id: "map.has_a" expression: "!rule || 'a' in this"}];
}
extend buf.validate.TimestampRules {
  bool in_1970 = 1001 [(buf.validate.predefined).cel = {id: "timestamp.in_1970" expression: "this.getFullYear() == 1970"}];
}
extend buf.validate.DurationRules {
  google.protobuf.Duration at_most_ttl = 1001 [(buf.validate.predefined).cel = {id: "duration.at_most_ttl" message: "too long" expression: "this <= rule"}];
  repeated google.protobuf.Duration multiple = 1002 [(buf.validate.predefined).cel = {id: "duration.multiple" expression: "this in rule"}];
}
extend buf.validate.TimestampRules {
  google.protobuf.Timestamp since = 1002 [(buf.validate.predefined).cel = {id: "timestamp.since" expression: "this >= rule"}];
}
extend buf.validate.EnumRules {
  bool chosen = 1001 [(buf.validate.predefined).cel = {id: "enum.chosen" expression: "rule == (this != 0)"}];
}
`;

const cases: readonly (readonly [type: string, rules: string, values: readonly unknown[]])[] = [
  ["string", ".string.(slug) = true", ["a-b", "A"]],
  ["string", ".string.(slug) = false", ["a-b", "A"]],
  ["string", ".string = {[corpus.v1.slug]: true [corpus.v1.not_like]: 'a' max_len: 1}", ["a", "b", "A", "bb"]],
  ["string", ".string = {[corpus.v1.words]: ['a']}", ["a", "c"]],
  ["optional string", ".string.(slug) = true", ["", "a"]],
  ["string", ".string.(allow) = {enabled: true value: 'x'}", ["x", "y"]],
  ["string", ".string.(allow) = {value: 'x'}", ["x", "y"]],
  ["string", ".string.(allow) = {enabled: true others: ['a', 'b'] more: {value: 'c'}}", ["a", "b", "c", "d", ""]],
  ["string", ".string.(wrapped) = {value: 'x'}", ["x", "y"]],
  ["string", ".string.(wrapped) = {}", ["x", ""]],
  ["string", ".string.(keyed) = {fields: {key: 'a' value: {bool_value: true}}}", ["a", "b"]],
  ["string", ".string = {[corpus.v1.texts]: [{value: 'a'}, {value: 'b'}]}", ["a", "b", "c", ""]],
  ["string", ".string.(shorter) = {value: 3}", ["ab", "abc"]],
  ["string", ".string.(as_seconds) = {seconds: 60}", ["60s", "61s", "1m", "0s"]],
  ["string", ".string = {[corpus.v1.any_of]: [{value: 'a'}, {value: 'b'}]}", ["a", "b", "c"]],
  ["repeated string", ".repeated = {items: {string: {[corpus.v1.allow]: {enabled: true value: 'x'}}}}", [["x", "y"]]],
  [
    "map<string, string>",
    ".map = {keys: {string: {[corpus.v1.wrapped]: {value: 'x'}}} values: {string: {[corpus.v1.shorter]: {value: 3}}}}",
    [{ x: "ab" }, { y: "ab" }, { x: "abc" }],
  ],
  [
    "google.protobuf.Duration",
    ".duration.(at_most_ttl) = {seconds: 60}",
    [
      { seconds: 60n, nanos: 0 },
      { seconds: 60n, nanos: 1 },
      { seconds: -60n, nanos: -1 },
    ],
  ],
  [
    "google.protobuf.Duration",
    ".duration = {[corpus.v1.multiple]: [{seconds: 1}, {nanos: 5}]}",
    [
      { seconds: 1n, nanos: 0 },
      { seconds: 0n, nanos: 5 },
      { seconds: 1n, nanos: 5 },
    ],
  ],
  ["google.protobuf.Timestamp", ".timestamp.(since) = {seconds: 5}", [new Date(5_000), new Date(4_999)]],
  ["google.protobuf.StringValue", ".string.(slug) = true", ["", "a"]],
  ["int32", ".int32.(multiple_of) = 3", [1, 3, -3, 0]],
  ["int32", ".int32 = {[corpus.v1.among]: [1, 2] gt: 1}", [1, 2, 3]],
  ["int64", ".int64 = {[corpus.v1.abs_in]: [{value: -2}, {value: 5}]}", [2n, -2n, 5n, -5n, 1n, 0n]],
  ["google.protobuf.Int64Value", ".int64.(abs_in) = {value: -2}", [2n, -2n, 1n, 0n]],
  ["repeated google.protobuf.Int64Value", ".repeated.items.int64.(abs_in) = {value: -2}", [[2n, -2n, 1n, 0n]]],
  ["uint64", ".uint64.(over) = 5", [5n, 6n, 50n, 2n ** 64n - 1n]],
  ["double", ".double.(near) = 1.5", [1, 2.5, Number.NaN, Infinity]],
  ["repeated int32", ".repeated.(at_most) = 1", [[1], [1, 2]]],
  ["repeated int32", ".repeated = {items: {int32: {[corpus.v1.multiple_of]: 2}}}", [[1, 2, 3]]],
  [
    "map<string, int32>",
    ".map = {[corpus.v1.has_a]: true keys: {string: {[corpus.v1.slug]: true}}}",
    [{ a: 1 }, { B: 1 }],
  ],
  ["google.protobuf.Timestamp", ".timestamp.(in_1970) = true", [new Date(0), new Date(-1)]],
  ["Color", ".enum.(chosen) = true", [0, 1]],
];

/** Messages with rules that the corpus itself defines. */
export const predefinedMessages: readonly CorpusMessage[] = cases.map(([type, rules, values], index) => ({
  group: "predefined rules",
  name: `Predefined${index}`,
  source: `${type} value = 1 [(buf.validate.field)${rules}];`,
  inputs: [{}, ...values.map((value) => ({ value }))],
}));
