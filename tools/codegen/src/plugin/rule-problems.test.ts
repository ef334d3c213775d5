import { create } from "@bufbuild/protobuf";
import { FieldRulesSchema, StringRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { describe, expect, test } from "vitest";
import { head, type ProblemCase, testProblems } from "../../testing/problems.ts";
import type { Problem } from "../problem.ts";
import { checks } from "../rules/checks.ts";
import { Site } from "../rules/site.ts";

const field = (type: string, option: string) =>
  `message M {\n  ${type} value = 1 [\n    (buf.validate.field)${option}\n  ];\n}`;
const cel = (expression = "true") => `{id: "a" message: "b" expression: "${expression}"}`;
// Only proto2 can define rules.
const odd = (expression: string, number: number) =>
  `extend buf.validate.StringRules { optional bool odd = ${number} [(buf.validate.predefined).cel = ${cel(expression)}]; }`;

const cases: readonly ProblemCase[] = [
  [
    "an expression that does not compile",
    field("string", `.cel = ${cel("this ==")}`),
    "9:5:the expression a on value can't be used: failed to compile a",
  ],
  [
    "an expression whose result is neither a boolean nor a text",
    field("string", ".cel_expression = \"this + 'a' == '' ? 1 : 2\""),
    "outputs bigint, wanted either bool or string",
  ],
  [
    "an expression about a field that no item has",
    field("repeated string", `.repeated.items.cel = ${cel("this.nope == 1")}`),
    "9:5:the expression a on value can't be used:",
  ],
  [
    "an expression on a message about a field that it does not have",
    `message M {\n  option (buf.validate.message).cel = ${cel("this.nope == 1")};\n  string id = 1;\n}`,
    "8:3:the expression a on M can't be used: field not found: nope",
  ],
  [
    "a wrong expression among correct rules",
    field("string", `.string.min_len = 1, (buf.validate.field).cel = ${cel("this > 1")}`),
    "9:46:the expression a on value can't be used:",
  ],
  [
    "a pattern that RE2 does not support",
    field("string", '.string.pattern = "a(?=b)"'),
    "9:5:the pattern a(?=b) on value is not valid in RE2: ",
  ],
  [
    "rules of another type",
    field("string", ".int32.gt = 1"),
    "9:5:value is not of type int32, but has rules for it: use (buf.validate.field).string",
  ],
  [
    "rules of items on a list",
    field("repeated string", ".string.min_len = 1"),
    "9:5:value is not of type string, but has rules for it: use (buf.validate.field).repeated.items.string",
  ],
  [
    "rules of a list on a single field",
    field("string", ".repeated.min_items = 1"),
    "9:5:value is not of type repeated, but has rules for it: use (buf.validate.field).string",
  ],
  [
    "rules of another type on items",
    field("repeated google.protobuf.Timestamp", ".repeated.items.string.min_len = 1"),
    "9:5:value is not of type string, but has rules for it: use (buf.validate.field).repeated.items.timestamp",
  ],
  [
    "rules of keys on a map",
    field("map<string, int32>", ".string.min_len = 1"),
    "9:5:value is not of type string, but has rules for it: use (buf.validate.field).map.keys.string",
  ],
  [
    "rules of values on a map",
    field("map<string, int32>", ".int32.gt = 1"),
    "9:5:value is not of type int32, but has rules for it: use (buf.validate.field).map.values.int32",
  ],
  [
    "rules of another type on the values of a map",
    field("map<string, int32>", ".map.values.int64.gt = 1"),
    "9:5:value is not of type int64, but has rules for it: use (buf.validate.field).map.values.int32",
  ],
  [
    "rules on a message that has none",
    "message N {}\nmessage M {\n  N value = 1 [\n    (buf.validate.field).string.min_len = 1\n  ];\n}",
    "10:5:value is not of type string, but has rules for it: remove them, or use (buf.validate.field).cel",
  ],
  [
    "a predefined rule that reads other rules",
    `${head.replace("proto3", "proto2")}${odd("rules.min_len > 1u", 1001)}\n${field("optional string", ".string.(odd) = true")}`,
    "10:5:the rule odd that reads other rules on value is not supported",
  ],
  [
    "a predefined rule whose result is neither a boolean nor a text",
    `${head.replace("proto3", "proto2")}${odd("rule ? 1 : 2", 1002)}\n${field("optional string", ".string.(odd) = true")}`,
    "10:5:the expression a on value can't be used: expression a outputs bigint",
  ],
];

describe("a rule that is not supported is an error, never dropped", () => {
  testProblems("%s", cases);

  test("a rule of a newer validate.proto that the tables do not know", () => {
    const problems: Problem[] = [];
    const site = new Site(StringRulesSchema.field.const, problems).within(FieldRulesSchema.field.string.number);
    checks(StringRulesSchema, create(StringRulesSchema, { prefix: "a" }), {}, site);
    expect(problems.map(({ text }) => text)).toEqual([
      expect.stringContaining("the rule string.prefix on const is not"),
    ]);
  });
});
