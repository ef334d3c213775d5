import { create } from "@bufbuild/protobuf";
import type { CodeGeneratorRequest } from "@bufbuild/protobuf/wkt";
import { FieldRulesSchema, StringRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { beforeAll, describe, expect, test } from "vitest";
import { pluginRequest } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { checks } from "../rules/checks.ts";
import { Site } from "../rules/site.ts";
import { meshPlugin } from "./plugin.ts";

/** The problem, the contract below `head` (it begins at line 7), and the expected error. */
type Case = readonly [title: string, source: string, expected: string];

const head = `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/descriptor.proto";
`;

const event = (option: string, body = "string id = 1;") => `message Sold {
  option (mesh.v1.event) = {${option}};
  ${body}
}`;
const named = (service: string, option: string) => `service ${service} { option (mesh.v1.service) = {${option}}; }`;
const errors = (values: string) => `enum ShopError {\n  SHOP_ERROR_UNSPECIFIED = 0;\n  ${values}\n}`;
const method = (option: string, input = "Ask") =>
  `message Ask {}\nservice Shop {\n  rpc Buy(${input}) returns (Ask) { option (mesh.v1.method) = {${option}}; }\n}`;

const notFound = (name: string, key: string) =>
  `${name} [(mesh.v1.error) = {code: CODE_NOT_FOUND metadata: "${key}"}];`;
/** A query whose errors have two reasons for what does not exist. */
const owned = (owner: string, level = "option idempotency_level = NO_SIDE_EFFECTS;") => `message Ask {
  string id = 1; repeated string tags = 2; int32 age = 3; string buyer_id = 4;
}
${errors(`${notFound("SHOP_ERROR_GONE = 1", "ask_id")} ${notFound("SHOP_ERROR_NO_SHOP = 2", "shop_name")}`)}
service Shop { rpc Buy(Ask) returns (Ask) { ${level} option (mesh.v1.method) = {errors: "ShopError" owner: ${owner}}; } }`;
const roles = (list: string) => `option (mesh.v1.package) = {roles: ${list}};`;

const field = (type: string, option: string) =>
  `message M {\n  ${type} value = 1 [\n    (buf.validate.field)${option}\n  ];\n}`;
const cel = (expression = "true") => `{id: "a" message: "b" expression: "${expression}"}`;
// Only proto2 can define rules.
const odd = (expression: string, number: number) =>
  `extend buf.validate.StringRules { optional bool odd = ${number} [(buf.validate.predefined).cel = ${cel(expression)}]; }`;

const contractCases: readonly Case[] = [
  [
    "a key that is not a field",
    event('subject: "shop.v1.sold" key: "no"'),
    '8:53:the event\'s key "no" names no field of Sold: use one of id',
  ],
  ["no key", event('subject: "shop.v1.sold"'), '8:10:the event\'s key "" names no field'],
  [
    "a key that is a message",
    event('subject: "shop.v1.sold" key: "id"', "Sold id = 1;"),
    "8:53:the event's key id must be a plain field",
  ],
  [
    "a key that is a list",
    event('subject: "shop.v1.sold" key: "id"', "repeated string id = 1;"),
    "must be a plain field",
  ],
  [
    "a key among fields of which some can't be it",
    event('subject: "shop.v1.sold" key: "no"', "repeated string tags = 1; string id = 2; Sold other = 3;"),
    'the event\'s key "no" names no field of Sold: use one of id',
  ],
  [
    "a subject in a package with capitals",
    event('subject: "shop.v1.sold" key: "id"').replace(
      /^/,
      'syntax = "proto3";\npackage Big.v1;\nimport "mesh/v1/options.proto";\n',
    ),
    'the event\'s subject "shop.v1.sold" begins with its package Big.v1, which must be in lower case: rename the package',
  ],
  [
    "a subject of another package",
    event('subject: "stock.v1.sold" key: "id"'),
    "must be shop.v1. and a name in lower case: shop.v1.sold",
  ],
  ["a subject with capitals", event('subject: "shop.v1.Sold" key: "id"'), "a name in lower case"],
  ["a subject with a wildcard", event('subject: "shop.v1.>" key: "id"'), "a name in lower case"],
  [
    "a subject twice",
    `${event('subject: "shop.v1.sold" key: "id"')}\n${event('subject: "shop.v1.sold" key: "id"').replace("Sold", "Resold")}`,
    "12:29:the event's subject shop.v1.sold is already used by shop.v1.Sold: choose another",
  ],
  [
    "an error without a code",
    errors("SHOP_ERROR_EMPTY = 1; SHOP_ERROR_GONE = 2 [(mesh.v1.error) = {code: CODE_NOT_FOUND}];"),
    "9:3:SHOP_ERROR_EMPTY has no code: add [(mesh.v1.error) = {code: CODE_…}]",
  ],
  [
    "an error whose code is not set",
    errors('SHOP_ERROR_EMPTY = 1 [(mesh.v1.error) = {metadata: "a"}];'),
    "9:25:SHOP_ERROR_EMPTY has no code",
  ],
  [
    "an error that is 0",
    "enum ShopError { GONE = 0 [(mesh.v1.error) = {code: CODE_NOT_FOUND}]; }",
    "7:28:GONE = 0 means that no reason is set",
  ],
  [
    "an error with the name of a member of every catalogue",
    errors("SHOP_ERROR_HAS = 1 [(mesh.v1.error) = {code: CODE_ABORTED}];"),
    "would be has in TypeScript",
  ],
  [
    "two reasons with one name in TypeScript",
    `syntax = "proto2";\npackage shop.v1;\nimport "mesh/v1/options.proto";
${errors("SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED}]; GONE = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];")}`,
    "6:75:GONE would be gone in TypeScript, as SHOP_ERROR_GONE is: rename one",
  ],
  [
    "two keys of metadata with one name in TypeScript",
    errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: ["item_id", "itemId"]}];'),
    "9:24:the metadata has the key itemId twice: remove one",
  ],
  [
    "metadata without a key",
    errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: [""]}];'),
    '"" is not a metadata key: use a letter',
  ],
  [
    "metadata of a type that it can't have",
    errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: ["a:int32", "b:bytes"]}];'),
    '9:24:"b:bytes" has no known type: use string, bool, int32, uint32, double, int64, uint64',
  ],
  [
    "two typed keys of metadata with one name",
    errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: ["a:int32", "a"]}];'),
    "9:24:the metadata has the key a twice: remove one",
  ],
  [
    "errors that two messages declare",
    `${["A", "B"].map((name) => `message ${name} { ${errors("SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED}];")} }`).join("\n")}
${method('errors: "ShopError"')}`,
    'errors: "ShopError" names shop.v1.A.ShopError and shop.v1.B.ShopError: rename one',
  ],
  [
    "an event without a package",
    'syntax = "proto3";\nimport "mesh/v1/options.proto";\nmessage E { option (mesh.v1.event) = {subject: "a.v1.e" key: "id"}; string id = 1; }',
    "begins with its package, and this file has none",
  ],
  [
    "errors without an error enum",
    method('errors: "Nope"'),
    '9:59:errors: "Nope" names no error enum of shop.v1: declare it',
  ],
  [
    "errors with a typo",
    `${errors("SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED}];")}\n${method('errors: "ShopEror"')}`,
    'errors: "ShopEror" names no error enum of shop.v1: use ShopError, or declare it',
  ],
  [
    "a stream from the client at the gateway",
    method("gateway: {}", "stream Ask"),
    "Buy streams from the client, which browsers can't: remove gateway, or add upload to it if the stream is a file",
  ],
  [
    "an exposed method without scopes that is not public",
    method("gateway: {}"),
    '9:39:Buy is exposed at the gateway, but its contract does not say to whom: set gateway: {scopes: "shop:write"} if callers need a scope, or gateway: {public: true} if everyone may call it',
  ],
  [
    "an exposed method with blank scopes",
    method('gateway: {scopes: " "}'),
    "Buy is exposed at the gateway, but its contract does not say to whom",
  ],
  [
    "a public method with scopes",
    method('gateway: {public: true scopes: "shop:buy"}'),
    '9:69:Buy is public and has the scopes "shop:buy": remove one of them',
  ],
  [
    "a role without scopes",
    roles('{name: "clerk"}'),
    '7:29:the role "clerk" has no scopes: add scopes: "…", or remove it',
  ],
  [
    "a role with a name that is none",
    roles('{name: "Clerk" scopes: "a"}'),
    'the role "Clerk" has no valid name: use small letters',
  ],
  [
    "a role twice in a file",
    roles('[{name: "clerk" scopes: "a"}, {name: "clerk" scopes: "b"}]'),
    'the role "clerk" is declared twice in this file: put its scopes into one',
  ],
  ["an owner without a field", owned("{}"), 'owner: set request or response, such as response: "order.customer_id"'],
  ["an owner in a field that does not exist", owned('{request: "buyer"}'), 'owner: Ask has no singular field "buyer"'],
  ["an owner in a list", owned('{request: "tags"}'), 'owner: Ask has no singular field "tags"'],
  ["an owner that is a number", owned('{request: "age"}'), "owner: age of Ask must be a string, the id of a customer"],
  [
    "an owner of what a mutation returns",
    owned('{response: "buyer_id"}', ""),
    "owner: response is checked after Buy has run, so it must be NO_SIDE_EFFECTS",
  ],
  [
    "an owner of responses that are kept for all",
    owned('{response: "buyer_id" reason: "GONE"} cache: {ttl_ms: 1}'),
    "owner: responses that are kept for all users can't have an owner: set cache.per_user",
  ],
  [
    "an owner of a request whose responses are kept for all",
    owned('{request: "id"} cache: {ttl_ms: 1}'),
    "owner: responses that are kept for all users can't have an owner: set cache.per_user",
  ],
  [
    "an owner with two scopes",
    owned('{request: "id" unless: "a b"}'),
    'owner: unless: "a b" has several scopes: use one',
  ],
  [
    "an owner with a reason that is none",
    owned('{response: "buyer_id" reason: "LOST"}'),
    'owner: "LOST" is no reason of Buy with CODE_NOT_FOUND',
  ],
  [
    "an owner whose reason has metadata that the request has not",
    owned('{response: "buyer_id" reason: "NO_SHOP"}'),
    "owner: NO_SHOP has the metadata shopName, which Ask has not: add the field",
  ],
  [
    "an owner with two reasons",
    owned('{response: "buyer_id"}'),
    'owner: ShopError has several reasons with CODE_NOT_FOUND: set reason: "GONE", or another',
  ],
  ["a deadline that is too long", method("deadline_ms: 600001"), "deadline_ms must be at most 600000, got 600001"],
  [
    "two messages with one name in TypeScript",
    "message Ask_ { message B {} }\nmessage Ask { message _B {} }",
    "8:15:message shop.v1.Ask._B and message shop.v1.Ask_.B would both be Ask___B",
  ],
  [
    "a message set",
    `syntax = "proto2";\npackage shop.v1;\nmessage Old {\n  option message_set_wire_format = true;\n  extensions 4 to max;\n}`,
    "4:3:message_set_wire_format on Old is not supported: remove it",
  ],
  [
    "two services without names",
    "service Shop {}\nservice Till {}",
    '7:1:shop.v1 has the services Shop and Till, so Shop needs a name: add option (mesh.v1.service) = {name: "shop.shop"}',
  ],
  [
    "a second service without a name",
    `${named("Shop", 'name: "one.shop"')}\nservice TillService {}`,
    '8:1:shop.v1 has the services Shop and TillService, so TillService needs a name: add option (mesh.v1.service) = {name: "shop.till"}',
  ],
  [
    "two services of one name",
    `${named("Shop", 'name: "one.shop"')}\n${named("Till", 'name: "one_shop"')}`,
    "8:44:shop.v1.Till (one_shop) and shop.v1.Shop (one.shop) would share the name one_shop for streams, consumers and databases: choose another in option (mesh.v1.service)",
  ],
  [
    "an invalid name",
    named("Shop", 'name: "The Shop"'),
    '7:44:"The Shop" is not a service name: use small letters and digits, such as acme.orders',
  ],
  ["a name that is too long", named("Shop", `name: "${"a".repeat(49)}"`), "has 49 characters, at most 48 fit"],
  [
    "the name of the gateway",
    named("Shop", 'name: "gateway"'),
    "7:44:gateway is the name of another process of the mesh",
  ],
  [
    "callers that are no service names",
    method('callers: ["acme.orders", "Orders"]'),
    '9:59:callers: "Orders" is not a service name: use one such as acme.orders, or "*" for all',
  ],
  [
    "a consumer that is no service name",
    event('subject: "shop.v1.sold" key: "id" consumers: "*"'),
    '8:63:consumers: "*" is not a service name: use one such as acme.orders',
  ],
  [
    "a caller twice",
    named("Shop", 'name: "own.c" callers: ["orders", "orders"]'),
    '7:58:callers: "orders" is listed twice: remove one',
  ],
  [
    "a caller beside all",
    method('callers: ["gateway", "*", "orders"]'),
    '9:59:callers: "*" includes "orders": remove one of them',
  ],
  [
    "events without an owner among two services",
    `${named("Shop", 'name: "own.a"')}\n${named("Till", 'name: "own.b"')}\n${event('subject: "shop.v1.sold" key: "id"')}`,
    "7:23:the events of shop.v1 have no owner among Shop and Till: set owns_events: true in (mesh.v1.service) of exactly one",
  ],
  [
    "events with two owners",
    `${named("Shop", 'name: "two.a" owns_events: true')}\n${named("Till", 'name: "two.b" owns_events: true')}\n${event('subject: "shop.v1.sold" key: "id"')}`,
    "8:58:the events of shop.v1 are owned by Shop and Till",
  ],
  [
    "several at a time",
    `${event("")}\n${errors("A = 1; B = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];")}`,
    `proto/shop/v1/shop.proto:8:10:the event's subject "" must be shop.v1. and a name in lower case: shop.v1.sold
proto/shop/v1/shop.proto:8:10:the event's key "" names no field of Sold: use one of id
proto/shop/v1/shop.proto:13:3:A has no code`,
  ],
];

const ruleCases: readonly Case[] = [
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

// Compiles all contracts together, each in its own package, because one run of buf takes as long for one as for thirty.
const all = [...contractCases, ...ruleCases];
let request: CodeGeneratorRequest;

/** Returns a name as long as `shop`, so that columns stay the same. */
function packageOf(index: number): string {
  return `s${100 + index}`;
}

beforeAll(async () => {
  const files = all.map(([, source], index) => {
    const whole = source.startsWith("syntax") ? source : head + source;
    return [`${packageOf(index)}/v1/shop.proto`, whole.replaceAll("shop.v1", `${packageOf(index)}.v1`)] as const;
  });
  request = await pluginRequest(Object.fromEntries(files));
});

function problemsOf(index: number): string {
  try {
    meshPlugin.run({ ...request, fileToGenerate: [`${packageOf(index)}/v1/shop.proto`] });
    return "";
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replaceAll(packageOf(index), "shop");
  }
}

test.each(contractCases.map(([title, , expected], index) => [title, index, expected] as const))(
  "%s is reported with file, line, problem and fix",
  (_, index, expected) => {
    expect(problemsOf(index)).toContain(expected);
  },
);

describe("a rule that is not supported is an error, never dropped", () => {
  test.each(ruleCases.map(([title, , expected], index) => [title, contractCases.length + index, expected] as const))(
    "%s",
    (_, index, expected) => {
      expect(problemsOf(index)).toContain(expected);
    },
  );

  test("a rule of a newer validate.proto that the tables do not know", () => {
    const problems: Problem[] = [];
    const site = new Site(StringRulesSchema.field.const, problems).within(FieldRulesSchema.field.string.number);
    checks(StringRulesSchema, create(StringRulesSchema, { prefix: "a" }), {}, site);
    expect(problems.map(({ text }) => text)).toEqual([
      expect.stringContaining("the rule string.prefix on const is not"),
    ]);
  });
});

test("files of a package with different forms of timestamps are reported", async () => {
  const file = (option: string) => `syntax = "proto3";\npackage shop.v1;\nimport "mesh/v1/options.proto";\n${option}`;
  const request = await pluginRequest({
    "shop/v1/a.proto": file("option (mesh.v1.package).timestamps = TIMESTAMPS_EXACT;"),
    "shop/v1/b.proto": file("message B {}"),
  });
  expect(() => meshPlugin.run(request)).toThrow(
    "proto/shop/v1/b.proto:1:1:(mesh.v1.package).timestamps is TIMESTAMPS_TRUNCATE here and TIMESTAMPS_EXACT in shop/v1/a.proto: set the same in all files of shop.v1",
  );
});
