import type { CorpusMessage } from "./corpus-message.ts";

/** Extensions of the rules, which only proto2 and editions can define. */
export const rulesProto = `
edition = "2023";
package corpus.v1;
import "buf/validate/validate.proto";
extend buf.validate.StringRules {
  bool slug = 1001 [(buf.validate.predefined).cel = {id: "string.slug" expression: "!rule || this.matches('^[a-z-]+$')"}];
  string not_like = 1002 [(buf.validate.predefined).cel = {id: "string.not_like" expression: "this != rule ? '' : 'is like ' + rule"}];
  repeated string words = 1003 [(buf.validate.predefined).cel = {id: "string.words" expression: "this in rule"}];
}
extend buf.validate.Int32Rules {
  int32 multiple_of = 1001 [(buf.validate.predefined).cel = {id: "int32.multiple_of" expression: "this % rule == 0"}];
  repeated int32 among = 1002 [(buf.validate.predefined).cel = {id: "int32.among" expression: "this in rule"}];
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
  ["google.protobuf.StringValue", ".string.(slug) = true", ["", "a"]],
  ["int32", ".int32.(multiple_of) = 3", [1, 3, -3, 0]],
  ["int32", ".int32 = {[corpus.v1.among]: [1, 2] gt: 1}", [1, 2, 3]],
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
