import { beforeAll, describe, expect, test } from "vitest";
import { breaksOf } from "../testing/breaks.ts";
import { asked, type Case, change, takesLess } from "../testing/cases.ts";
import { createRepository } from "../testing/repository.ts";

/** A rule on `value` of a request that changes: `[(buf.validate.field)«.string.max_len = 2→.string.max_len = 1»]`. */
const rule = (title: string, type: string, option: string, ...breaks: readonly string[]) =>
  change(title, asked(`${type} value = 1 [(buf.validate.field)${option}];`), ...breaks);
/** A rule that is added. */
const added = (title: string, type: string, option: string, ...breaks: readonly string[]) =>
  change(title, asked(`${type} value = 1«→ [(buf.validate.field)${option}]»;`), ...breaks);

const cases: readonly Case[] = [
  rule("a lower max_len", "string", ".string.max_len = «20→10»", takesLess("max_len 10 (was max_len 20)")),
  rule("a higher max_len", "string", ".string.max_len = «10→20»"),
  rule("a higher min_len", "string", ".string.min_len = «2→3»", takesLess("min_len 3 (was min_len 2)")),
  rule("a lower min_len", "string", ".string.min_len = «3→2»"),
  rule("the exact length in place of both bounds", "string", ".string = {«min_len: 3 max_len: 3→len: 3»}"),
  rule("max_len on a uuid", "string", ".string = {uuid: true«→ max_len: 36»}"),
  rule(
    "a max_len that a uuid is longer than",
    "string",
    ".string = {uuid: true«→ max_len: 35»}",
    takesLess("max_len 35 (new)"),
  ),
  rule("fewer bytes", "string", ".string.max_bytes = «20→10»", takesLess("max_bytes 10 (was max_bytes 20)")),
  rule("another pattern", "string", '.string.pattern = "«a→b»"', takesLess('pattern "b" (was pattern "a")')),
  rule("a shorter prefix", "string", '.string.prefix = "«ab→a»"'),
  rule("a longer prefix", "string", '.string.prefix = "«a→ab»"', takesLess('prefix "ab" (was prefix "a")')),
  rule("a longer suffix", "string", '.string.suffix = "«a→ba»"', takesLess('suffix "ba" (was suffix "a")')),
  rule("contains what the prefix has", "string", '.string = {«prefix: "abc"→contains: "b"»}'),
  rule("contains something else", "string", '.string.contains = "«a→b»"', takesLess('contains "b" (was contains "a")')),
  rule("not_contains something longer", "string", '.string.not_contains = "«a→ab»"'),
  rule(
    "not_contains something shorter",
    "string",
    '.string.not_contains = "«ab→a»"',
    takesLess('not_contains "a" (was not_contains "ab")'),
  ),
  added("a format", "string", ".string.email = true", takesLess("email (new)")),
  rule("a format that is switched off", "string", ".string.email = «true→false»"),
  rule("a wider format", "string", ".string.«ipv4→ip» = true"),
  rule("a narrower format", "string", ".string.«ip→ipv4» = true", takesLess("ipv4 (new)")),
  rule(
    "a header that is strict again",
    "string",
    ".string = {well_known_regex: KNOWN_REGEX_HTTP_HEADER_NAME strict: «false→true»}",
    takesLess("well_known_regex 1 strict (was well_known_regex 1 strict false)"),
  ),
  added("const", "string", '.string.const = "a"', takesLess('const "a" (new)')),
  rule("a list in place of const", "string", '.string = {«const: "a"→in: ["a", "b"]»}'),
  rule("a shorter list", "string", '.string = {in: [«"a", "b"→"a"»]}', takesLess('in "a" (was in "a", "b")')),
  rule("a longer list", "string", '.string = {in: [«"a"→"a", "b"»]}'),
  rule(
    "more that is excluded",
    "string",
    '.string = {not_in: ["a"«→, "b"»]}',
    takesLess('not_in "a", "b" (was not_in "a")'),
  ),
  rule("less that is excluded", "string", '.string = {not_in: ["a"«, "b"→»]}'),
  added("gte on an int32", "int32", ".int32.gte = 0", takesLess("gte 0 (new)")),
  added("gte 0 on a uint32, which can't be less", "uint32", ".uint32.gte = 0"),
  added("the least int64 there is", "int64", ".int64.gte = -9223372036854775808"),
  rule("lt 10 in place of lte 9", "int32", ".int32 = {«lte: 9→lt: 10»}"),
  rule("lt in place of lte, of a double", "double", ".double = {«lte: 9→lt: 9»}", takesLess("lt 9 (was lte 9)")),
  rule(
    "a range within the old one",
    "int64",
    ".int64 = {gte: «1→2» lte: 10}",
    takesLess("gte 2 lte 10 (was gte 1 lte 10)"),
  ),
  rule("a range around the old one", "int64", ".int64 = {gte: «2→1» lte: «9→10»}"),
  rule(
    "a range turned inside out",
    "int32",
    ".int32 = {gt: «1→10» lt: «10→1»}",
    takesLess("gt 10 lt 1 (was gt 1 lt 10)"),
  ),
  rule("lte 9 in place of lt 10", "int32", ".int32 = {«lt: 10→lte: 9»}"),
  rule("an outside that shrinks", "int32", ".int32 = {gt: «9→10» lt: 1}", takesLess("gt 10 lt 1 (was gt 9 lt 1)")),
  rule("an outside that grows", "int32", ".int32 = {gt: «10→9» lt: 1}"),
  rule("a range around the values of a list", "int32", ".int32 = {«in: [1, 5]→gte: 1 lte: 5»}"),
  rule(
    "a range without one of the values",
    "int32",
    ".int32 = {«in: [1, 6]→gte: 1 lte: 5»}",
    takesLess("gte 1 lte 5 (new)"),
  ),
  added("finite", "float", ".float.finite = true", takesLess("finite (new)")),
  added("const of a bool", "bool", ".bool.const = true", takesLess("const (new)")),
  added("fewer bytes in bytes", "bytes", ".bytes.max_len = 9", takesLess("max_len 9 (new)")),
  rule("bytes with another prefix", "bytes", '.bytes.prefix = "«a→b»"', takesLess("prefix 0x62 (was prefix 0x61)")),
  rule(
    "a shorter time",
    "google.protobuf.Duration",
    ".duration = {lte: {seconds: «9→8»}}",
    takesLess("lte 8 s (was lte 9 s)"),
  ),
  rule("a longer time", "google.protobuf.Duration", ".duration = {lte: {seconds: «8→9»}}"),
  added("only in the past", "google.protobuf.Timestamp", ".timestamp.lt_now = true", takesLess("lt_now (new)")),
  rule(
    "within less",
    "google.protobuf.Timestamp",
    ".timestamp.within = {seconds: «9→8»}",
    takesLess("within 8 s (was within 9 s)"),
  ),
  rule("within more", "google.protobuf.Timestamp", ".timestamp.within = {seconds: «8→9»}"),
  rule("fewer items", "repeated string", ".repeated.max_items = «9→8»", takesLess("max_items 8 (was max_items 9)")),
  rule("more items", "repeated string", ".repeated.max_items = «8→9»"),
  added("unique items", "repeated string", ".repeated.unique = true", takesLess("unique (new)")),
  rule(
    "rules of items",
    "repeated string",
    ".repeated.items.string.max_len = «9→8»",
    takesLess("each item max_len 8 (was max_len 9)"),
  ),
  rule(
    "rules of a map's keys",
    "map<string, string>",
    ".map.keys.string.max_len = «9→8»",
    takesLess("each key max_len 8 (was max_len 9)"),
  ),
  rule(
    "rules of a map's values",
    "map<string, string>",
    ".map.values.string.max_len = «9→8»",
    takesLess("each value max_len 8 (was max_len 9)"),
  ),
  rule(
    "another expression",
    "string",
    '.cel = {id: "a" message: "b" expression: "«true→false»"}',
    takesLess('cel "false" (was cel "true")'),
  ),
  rule("another message of an expression", "string", '.cel = {id: "a" message: "«b→c»" expression: "true"}'),
  added("an expression", "string", ".cel_expression = \"this != 'a'\"", takesLess("cel \"this != 'a'\" (new)")),
  rule(
    "rules that counted for nothing",
    "string",
    " = {«ignore: IGNORE_ALWAYS →»string: {max_len: 9}}",
    takesLess("max_len 9 (new)"),
  ),
  rule("rules that count for nothing now", "string", " = {«→ignore: IGNORE_ALWAYS »string: {max_len: 9}}"),
  rule(
    "zero values that are checked now",
    "optional string",
    " = {«ignore: IGNORE_IF_ZERO_VALUE →»string: {uuid: true}}",
    takesLess("its rules for zero values too (was ignore IGNORE_IF_ZERO_VALUE)"),
  ),
  rule(
    "what is left out is checked now",
    "string",
    " = {«ignore: IGNORE_IF_ZERO_VALUE →»string: {uuid: true}}",
    "15: Ask.value must be set, could be left out: breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  added(
    "required",
    "Answer",
    ".required = true",
    "15: Ask.value must be set, could be left out: breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  rule("required where an empty text was refused already", "string", " = {«→required: true »string: {min_len: 1}}"),
  rule("the example", "string", '.string.example = "«a→b»"'),
  change(
    "a new field that may be left out",
    asked("string id = 1;«→ string more = 2 [(buf.validate.field).string.max_len = 9];»"),
  ),
  change(
    "a new field that must be set",
    asked("string id = 1;«→ string more = 2 [(buf.validate.field).required = true];»"),
    "15: Ask.more must be set, could be left out: breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  change(
    "a oneof that must be set",
    asked("oneof value {«→ option (buf.validate.oneof).required = true;» string a = 1; }"),
    "15: Ask.value must be set, could be left out: breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  change(
    "an expression of a message",
    asked("«→option (buf.validate.message).cel_expression = \"this.a != 'b'\";» string a = 1;"),
    "15: Ask takes less: cel \"this.a != 'b'\" (new): breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  change(
    "fields that exclude each other",
    asked('«→option (buf.validate.message).oneof = {fields: ["a", "b"]};» string a = 1; string b = 2;'),
    "15: Ask takes less: oneof a, b (new): breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  change(
    "a new field among those that exclude each other",
    asked(
      'option (buf.validate.message).oneof = {fields: ["a", "b"«→, "c"»] required: true}; string a = 1; string b = 2;«→ string c = 3;»',
    ),
  ),
];

const elsewhere: readonly Case[] = [
  change(
    "tighter rules of an answer",
    asked("", "").replace(
      "message Answer {}",
      "message Answer { string id = 1 [(buf.validate.field).string.max_len = «9→8»]; }",
    ),
  ),
  change("looser rules of an event", event("string id = 1 [(buf.validate.field).string.max_len = «8→9»];")),
  change(
    "tighter rules of an event",
    event("string id = 1 [(buf.validate.field).string.max_len = «9→8»];"),
    "16:18: Sold.id takes less: max_len 8 (was max_len 9): breaks stored events: take it back: stored events that break it would become dead letters",
  ),
  change(
    "tighter rules within a message that a request holds",
    asked("Part part = 1;", "message Part { string id = 1 [(buf.validate.field).string.max_len = «9→8»]; }"),
    "18:31: Part.id takes less: max_len 8 (was max_len 9): breaks gRPC clients: take it back, or put it on a new field or a new rpc",
  ),
  change(
    "tighter rules that nobody is held to",
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

/** Only proto2 can define rules. */
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
/** The columns are told exactly in the cases of other places; here they would only be counted. */
const withoutColumn = (line: string) => line.replace(/^(15):\d+:/, "$1:");
let printed: string[][];

beforeAll(async () => {
  printed = await breaksOf(all);
});

describe("rules that refuse what they accepted break those who send or stored it", () => {
  test.each(all.map(({ title, breaks }, index) => [title, index, breaks] as const))("%s", (_, index, breaks) => {
    expect(printed[index]?.map(withoutColumn)).toEqual(breaks);
  });
});

test("a rule that contracts define themselves, with another value or another meaning", async () => {
  await using repository = await createRepository();
  const files = { rules: "proto/shop/v1/rules.proto", shop: "proto/shop/v1/shop.proto" };
  await repository.write({ [files.rules]: defined("size(this) <= rule"), [files.shop]: uses(9) });
  await repository.commit("Before");
  await repository.write({ [files.shop]: uses(8) });
  expect((await repository.breaking()).stdout).toContain(
    `${files.shop}:7:18: Ask.id takes less: most 8 (was most 9): `,
  );
  await repository.write({ [files.rules]: defined("size(this) < rule"), [files.shop]: uses(9) });
  expect((await repository.breaking()).stdout).toContain("Ask.id takes less: most 9, defined otherwise (was most 9): ");
});
