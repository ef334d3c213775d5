import { beforeAll, describe, expect, test } from "vitest";
import { acceptsLess, type ContractChange, change, requestWith } from "../../../fixtures/contract-change.ts";
import { createRepository } from "../../../fixtures/contract-repository.ts";
import { printedBreaks } from "../../../fixtures/printed-breaks.ts";

/** Creates a change of the rule on `value` of a request: `[(buf.validate.field)«.string.max_len = 2→.string.max_len = 1»]`. */
const rule = (title: string, type: string, option: string, ...breaks: readonly string[]) =>
  change(title, requestWith(`${type} value = 1 [(buf.validate.field)${option}];`), ...breaks);
/** Creates a change that adds a rule. */
const added = (title: string, type: string, option: string, ...breaks: readonly string[]) =>
  change(title, requestWith(`${type} value = 1«→ [(buf.validate.field)${option}]»;`), ...breaks);

const cases: readonly ContractChange[] = [
  rule("a lower max_len", "string", ".string.max_len = «20→10»", acceptsLess("max_len 10 (was max_len 20)")),
  rule("a higher max_len", "string", ".string.max_len = «10→20»"),
  rule("a higher min_len", "string", ".string.min_len = «2→3»", acceptsLess("min_len 3 (was min_len 2)")),
  rule("a lower min_len", "string", ".string.min_len = «3→2»"),
  rule("the exact length in place of both bounds", "string", ".string = {«min_len: 3 max_len: 3→len: 3»}"),
  rule("max_len on a uuid", "string", ".string = {uuid: true«→ max_len: 36»}"),
  rule(
    "a max_len below the length of a uuid",
    "string",
    ".string = {uuid: true«→ max_len: 35»}",
    acceptsLess("max_len 35 (new)"),
  ),
  rule("fewer bytes", "string", ".string.max_bytes = «20→10»", acceptsLess("max_bytes 10 (was max_bytes 20)")),
  rule("a changed pattern", "string", '.string.pattern = "«a→b»"', acceptsLess('pattern "b" (was pattern "a")')),
  rule("a shorter prefix", "string", '.string.prefix = "«ab→a»"'),
  rule("a longer prefix", "string", '.string.prefix = "«a→ab»"', acceptsLess('prefix "ab" (was prefix "a")')),
  rule("a longer suffix", "string", '.string.suffix = "«a→ba»"', acceptsLess('suffix "ba" (was suffix "a")')),
  rule("contains a part of the prefix", "string", '.string = {«prefix: "abc"→contains: "b"»}'),
  rule("a changed contains", "string", '.string.contains = "«a→b»"', acceptsLess('contains "b" (was contains "a")')),
  rule("not_contains something longer", "string", '.string.not_contains = "«a→ab»"'),
  rule(
    "not_contains something shorter",
    "string",
    '.string.not_contains = "«ab→a»"',
    acceptsLess('not_contains "a" (was not_contains "ab")'),
  ),
  added("a format", "string", ".string.email = true", acceptsLess("email (new)")),
  rule("a format that is turned off", "string", ".string.email = «true→false»"),
  rule("a wider format", "string", ".string.«ipv4→ip» = true"),
  rule("a narrower format", "string", ".string.«ip→ipv4» = true", acceptsLess("ipv4 (new)")),
  rule(
    "a header that is strict again",
    "string",
    ".string = {well_known_regex: KNOWN_REGEX_HTTP_HEADER_NAME strict: «false→true»}",
    acceptsLess("well_known_regex 1 strict (was well_known_regex 1 strict false)"),
  ),
  added("const", "string", '.string.const = "a"', acceptsLess('const "a" (new)')),
  rule("a list in place of const", "string", '.string = {«const: "a"→in: ["a", "b"]»}'),
  rule("a shorter list", "string", '.string = {in: [«"a", "b"→"a"»]}', acceptsLess('in "a" (was in "a", "b")')),
  rule("a longer list", "string", '.string = {in: [«"a"→"a", "b"»]}'),
  rule(
    "more excluded values",
    "string",
    '.string = {not_in: ["a"«→, "b"»]}',
    acceptsLess('not_in "a", "b" (was not_in "a")'),
  ),
  rule("fewer excluded values", "string", '.string = {not_in: ["a"«, "b"→»]}'),
  added("gte on an int32", "int32", ".int32.gte = 0", acceptsLess("gte 0 (new)")),
  added("gte 0 on a uint32, which is never less", "uint32", ".uint32.gte = 0"),
  added("the smallest int64", "int64", ".int64.gte = -9223372036854775808"),
  rule("lt 10 in place of lte 9", "int32", ".int32 = {«lte: 9→lt: 10»}"),
  rule("lt in place of lte, of a double", "double", ".double = {«lte: 9→lt: 9»}", acceptsLess("lt 9 (was lte 9)")),
  rule(
    "a range within the old one",
    "int64",
    ".int64 = {gte: «1→2» lte: 10}",
    acceptsLess("gte 2 lte 10 (was gte 1 lte 10)"),
  ),
  rule("a range around the old one", "int64", ".int64 = {gte: «2→1» lte: «9→10»}"),
  rule("an inverted range", "int32", ".int32 = {gt: «1→10» lt: «10→1»}", acceptsLess("gt 10 lt 1 (was gt 1 lt 10)")),
  rule("lte 9 in place of lt 10", "int32", ".int32 = {«lt: 10→lte: 9»}"),
  rule(
    "an inverted range that excludes more",
    "int32",
    ".int32 = {gt: «9→10» lt: 1}",
    acceptsLess("gt 10 lt 1 (was gt 9 lt 1)"),
  ),
  rule("an inverted range that excludes less", "int32", ".int32 = {gt: «10→9» lt: 1}"),
  rule("a range around the values of a list", "int32", ".int32 = {«in: [1, 5]→gte: 1 lte: 5»}"),
  rule(
    "a range without one of the values",
    "int32",
    ".int32 = {«in: [1, 6]→gte: 1 lte: 5»}",
    acceptsLess("gte 1 lte 5 (new)"),
  ),
  added("finite", "float", ".float.finite = true", acceptsLess("finite (new)")),
  added("const of a bool", "bool", ".bool.const = true", acceptsLess("const (new)")),
  added("fewer bytes in bytes", "bytes", ".bytes.max_len = 9", acceptsLess("max_len 9 (new)")),
  rule("bytes with another prefix", "bytes", '.bytes.prefix = "«a→b»"', acceptsLess("prefix 0x62 (was prefix 0x61)")),
  rule(
    "a shorter time",
    "google.protobuf.Duration",
    ".duration = {lte: {seconds: «9→8»}}",
    acceptsLess("lte 8 s (was lte 9 s)"),
  ),
  rule("a longer time", "google.protobuf.Duration", ".duration = {lte: {seconds: «8→9»}}"),
  added("only in the past", "google.protobuf.Timestamp", ".timestamp.lt_now = true", acceptsLess("lt_now (new)")),
  rule(
    "within less",
    "google.protobuf.Timestamp",
    ".timestamp.within = {seconds: «9→8»}",
    acceptsLess("within 8 s (was within 9 s)"),
  ),
  rule("within more", "google.protobuf.Timestamp", ".timestamp.within = {seconds: «8→9»}"),
  rule("fewer items", "repeated string", ".repeated.max_items = «9→8»", acceptsLess("max_items 8 (was max_items 9)")),
  rule("more items", "repeated string", ".repeated.max_items = «8→9»"),
  added("unique items", "repeated string", ".repeated.unique = true", acceptsLess("unique (new)")),
  rule(
    "rules of items",
    "repeated string",
    ".repeated.items.string.max_len = «9→8»",
    acceptsLess("each item max_len 8 (was max_len 9)"),
  ),
  rule(
    "rules of a map's keys",
    "map<string, string>",
    ".map.keys.string.max_len = «9→8»",
    acceptsLess("each key max_len 8 (was max_len 9)"),
  ),
  rule(
    "rules of a map's values",
    "map<string, string>",
    ".map.values.string.max_len = «9→8»",
    acceptsLess("each value max_len 8 (was max_len 9)"),
  ),
  rule(
    "a changed expression",
    "string",
    '.cel = {id: "a" message: "b" expression: "«true→false»"}',
    acceptsLess('cel "false" (was cel "true")'),
  ),
  rule("a changed message of an expression", "string", '.cel = {id: "a" message: "«b→c»" expression: "true"}'),
  added("an expression", "string", ".cel_expression = \"this != 'a'\"", acceptsLess("cel \"this != 'a'\" (new)")),
  rule(
    "rules that were ignored",
    "string",
    " = {«ignore: IGNORE_ALWAYS →»string: {max_len: 9}}",
    acceptsLess("max_len 9 (new)"),
  ),
  rule("rules that are ignored now", "string", " = {«→ignore: IGNORE_ALWAYS »string: {max_len: 9}}"),
  rule(
    "zero values that are checked now",
    "optional string",
    " = {«ignore: IGNORE_IF_ZERO_VALUE →»string: {uuid: true}}",
    acceptsLess("its rules also for zero values (was ignore IGNORE_IF_ZERO_VALUE)"),
  ),
  rule(
    "a missing value that is checked now",
    "string",
    " = {«ignore: IGNORE_IF_ZERO_VALUE →»string: {uuid: true}}",
    "15: Ask.value is required, was optional: breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  added(
    "required",
    "Answer",
    ".required = true",
    "15: Ask.value is required, was optional: breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  rule("required if an empty string was rejected already", "string", " = {«→required: true »string: {min_len: 1}}"),
  rule("the example", "string", '.string.example = "«a→b»"'),
  change(
    "a new optional field",
    requestWith("string id = 1;«→ string more = 2 [(buf.validate.field).string.max_len = 9];»"),
  ),
  change(
    "a new required field",
    requestWith("string id = 1;«→ string more = 2 [(buf.validate.field).required = true];»"),
    "15: Ask.more is required, was optional: breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  change(
    "a required oneof",
    requestWith("oneof value {«→ option (buf.validate.oneof).required = true;» string a = 1; }"),
    "15: Ask.value is required, was optional: breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  change(
    "an expression of a message",
    requestWith("«→option (buf.validate.message).cel_expression = \"this.a != 'b'\";» string a = 1;"),
    "15: Ask accepts less: cel \"this.a != 'b'\" (new): breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  change(
    "fields that exclude each other",
    requestWith('«→option (buf.validate.message).oneof = {fields: ["a", "b"]};» string a = 1; string b = 2;'),
    "15: Ask accepts less: oneof a, b (new): breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  change(
    "a new field among those that exclude each other",
    requestWith(
      'option (buf.validate.message).oneof = {fields: ["a", "b"«→, "c"»] required: true}; string a = 1; string b = 2;«→ string c = 3;»',
    ),
  ),
];

const elsewhere: readonly ContractChange[] = [
  change(
    "tighter rules of a response",
    requestWith("", "").replace(
      "message Answer {}",
      "message Answer { string id = 1 [(buf.validate.field).string.max_len = «9→8»]; }",
    ),
  ),
  change("looser rules of an event", event("string id = 1 [(buf.validate.field).string.max_len = «8→9»];")),
  change(
    "tighter rules of an event",
    event("string id = 1 [(buf.validate.field).string.max_len = «9→8»];"),
    "16:18: Sold.id accepts less: max_len 8 (was max_len 9): breaks stored events: revert it: stored events that violate the rule would become dead letters",
  ),
  change(
    "tighter rules in a message within a request",
    requestWith("Part part = 1;", "message Part { string id = 1 [(buf.validate.field).string.max_len = «9→8»]; }"),
    "18:31: Part.id accepts less: max_len 8 (was max_len 9): breaks gRPC clients: revert it, or apply it to a new field or a new rpc",
  ),
  change(
    "tighter rules of a message that is not used",
    "message Alone { string id = 1 [(buf.validate.field).string.max_len = «9→8»]; }",
  ),
];

function event(field: string): string {
  return `message Sold {
  option (mesh.v1.event) = {
    subject: "shop.v1.sold"
    key: "id"
  };
  ${field}
}`;
}

/** Defines a rule. Only proto2 can do that. */
const defined = (expression: string) => `syntax = "proto2";
package shop.v1;
import "buf/validate/validate.proto";
extend buf.validate.StringRules {
  optional int32 most = 1001 [(buf.validate.predefined).cel = {
    id: "most"
    message: "too long"
    expression: "${expression}"
  }];
}
`;
const uses = (most: number) => `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "shop/v1/rules.proto";
service Shop { rpc Buy(Ask) returns (Ask); }
message Ask {
  string id = 1 [(buf.validate.field).string.(most) = ${most}];
}
`;

const all = [...cases, ...elsewhere];
/** Removes the column of the field. Other tests check columns exactly. */
const withoutColumn = (line: string) => line.replace(/^(15):\d+:/, "$1:");
let printed: string[][];

beforeAll(async () => {
  printed = await printedBreaks(all);
});

describe("rules that reject accepted values break senders and stored events", () => {
  test.each(all.map(({ title, breaks }, index) => [title, index, breaks] as const))("%s", (_, index, breaks) => {
    expect(printed[index]?.map(withoutColumn)).toEqual(breaks);
  });
});

test("a predefined rule with a new value or a new definition", async () => {
  await using repository = await createRepository();
  const files = { rules: "proto/shop/v1/rules.proto", shop: "proto/shop/v1/shop.proto" };
  await repository.write({ [files.rules]: defined("size(this) <= rule"), [files.shop]: uses(9) });
  await repository.commit("Before");
  await repository.write({ [files.shop]: uses(8) });
  expect((await repository.breaking()).stdout).toContain(
    `${files.shop}:7:18: Ask.id accepts less: most 8 (was most 9): `,
  );
  await repository.write({ [files.rules]: defined("size(this) < rule"), [files.shop]: uses(9) });
  expect((await repository.breaking()).stdout).toContain("Ask.id accepts less: most 9, redefined (was most 9): ");
});
