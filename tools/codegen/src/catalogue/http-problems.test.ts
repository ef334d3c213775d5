import { beforeAll, expect, test } from "vitest";
import { type Contracts, compileContracts } from "../../testing/contracts.ts";
import { shop, swapped, withFields } from "../../testing/routes.ts";

const inResponse = swapped.replace("Buy(Ask) returns (Empty)", "Buy(Empty) returns (Ask)");

const refused: readonly (readonly [title: string, source: string, expected: string])[] = [
  ["a route without a path", shop(['body: "*"']), ":23:12:the route has no path: add get, post"],
  ["a path without a slash", shop(['get: "v1"']), ':23:33:the path "v1" must begin with a /: add one at the start'],
  ["an unknown field", shop(['get: "/v1/{no}"']), "{no} names no field of Ask: use one of id, part, tags"],
  ["an unknown field in a message", shop(['get: "/v1/{part.no}"']), "{part.no} names no field of Part: use one of id"],
  ["a field in a text", shop(['get: "/v1/{id.no}"']), "{id.no} looks for no in a field that is not a message"],
  ["a list in the path", shop(['get: "/v1/{tags}"']), "{tags} can't fill tags, which is repeated"],
  ["a map in the path", shop(['get: "/v1/{labels}"']), "{labels} can't fill labels, which is repeated"],
  ["a list on the way", shop(['get: "/v1/{part.parts.id}"']), "can't fill parts, which is repeated"],
  [
    "a message in the path",
    shop(['get: "/v1/{part}"']),
    "{part} can't fill a message: name a field of it, such as part.id",
  ],
  [
    "a part of a timestamp",
    shop(['get: "/v1/{at.seconds}"']),
    "{at.seconds} can't fill a part of a google.protobuf.Timestamp, which is one text in JSON: write {at}",
  ],
  ["a part of a duration", shop(['get: "/v1/{wait.nanos}"']), "which is one text in JSON: write {wait}"],
  ["a part of a mask", shop(['get: "/v1/{mask.paths}"']), "which is one text in JSON: write {mask}"],
  [
    "a part of a value",
    shop(['get: "/v1/{json.string_value}"']),
    "{json.string_value} can't fill a part of a google.protobuf.Value: use a field of another type",
  ],
  [
    "a whole value",
    shop(['get: "/v1/{json}"']),
    "{json} can't fill a google.protobuf.Value: use a field of another type",
  ],
  ["a part of a struct", shop(['get: "/v1/{object.fields}"']), "can't fill a part of a google.protobuf.Struct: use"],
  ["a part of an any", shop(['get: "/v1/{any.type_url}"']), "can't fill a part of a google.protobuf.Any: use a field"],
  [
    "a part of a text",
    shop(['get: "/v1/{note.value.length}"']),
    "{note.value.length} looks for length in a field that is",
  ],
  [
    "an unknown part of a wrapper",
    shop(['get: "/v1/{note.text}"']),
    "{note.text} names no field of StringValue: use one of value",
  ],
  ["a wrapper twice", shop(['get: "/v1/{note}/{note.value}"']), "GET /v1/{note}/{note.value} fills note twice"],
  [
    "a field of a request that is one text",
    shop(['get: "/v1/{value}"']).replaceAll("(Ask)", "(google.protobuf.StringValue)"),
    "{value} can't fill a part of a google.protobuf.StringValue: use a request of your own",
  ],
  [
    "a field of a request that is any JSON",
    shop(['get: "/v1/{fields}"']).replaceAll("(Ask)", "(google.protobuf.Struct)"),
    "{fields} can't fill a part of a google.protobuf.Struct: use a request of your own",
  ],
  [
    "a part of a request that is one text as its body",
    shop(['post: "/v1" body: "value"']).replaceAll("(Ask)", "(google.protobuf.StringValue)"),
    'body "value" can\'t be a part of a google.protobuf.StringValue: use "*"',
  ],
  [
    "a part of a response that is one text",
    shop(['get: "/v1" response_body: "seconds"']).replaceAll("(Part)", "(google.protobuf.Timestamp)"),
    'response_body "seconds" can\'t be a part of a google.protobuf.Timestamp: leave it out',
  ],
  [
    "a request that no query can fill",
    shop(['get: "/v1"']).replaceAll("(Ask)", "(google.protobuf.ListValue)"),
    'neither path nor query can fill a google.protobuf.ListValue: use post with body: "*", or a request of your own',
  ],
  ["two verbs", shop(['get: "/v1/{id}:custom:custom"']), 'a path has one verb, got ":custom:custom": write it without'],
  ["two verbs after a text", shop(['get: "/v1/a:b:c"']), 'a path has one verb, got ":b:c"'],
  ["a text after a variable", shop(['get: "/v1/{id}x"']), '"{id}x" is not a variable'],
  [
    "two fields of a oneof",
    shop(['get: "/v1/{either}/{or.id}"']),
    "GET /v1/{either}/{or.id} fills either and or.id, of which a request has one: remove one",
  ],
  [
    "a oneof in path and body",
    shop(['post: "/v1/{either}" body: "or"']),
    "fills either and or, of which a request has",
  ],
  ["two fields of a oneof in a message", shop(['get: "/v1/{or.one.a}/{or.one.b}"']), "fills or.one.a and or.one.b, of"],
  [
    "a number with slashes",
    shop(['get: "/v1/{large=a/*}"']),
    "fills large with a text that has slashes, by =a/*: write {large}, or use a field of type string",
  ],
  ["a segment that clients remove", shop(['get: "/v1/../{id}"']), 'clients remove the segment ".." from a path: leave'],
  ["a field twice", shop(['get: "/v1/{id}/{id}"']), "GET /v1/{id}/{id} fills id twice"],
  [
    "a body of GET",
    shop(['get: "/v1" body: "*"']),
    "GET can't have a body, because HTTP gives it no meaning there: remove body",
  ],
  ["a body of DELETE", shop(['delete: "/v1" body: "*"']), "DELETE can't have a body"],
  ["an unknown body", shop(['post: "/v1" body: "no"']), ':23:45:body "no" names no field of Ask'],
  ["a nested body", shop(['post: "/v1" body: "part.id"']), 'body must be a field of Ask itself, got "part.id"'],
  ["a body that the path fills", shop(['post: "/v1/{id}" body: "id"']), "the path already fills id"],
  ["an unknown response", shop(['get: "/v1" response_body: "no"']), ':23:44:response_body "no" names no field of Part'],
  ["a selector", shop(['get: "/v1" selector: "a"']), "selector is for service configurations"],
  [
    "OPTIONS",
    shop(['custom: {kind: "OPTIONS" path: "/v1"}']),
    'a route can\'t be for the HTTP method "OPTIONS", which the gateway answers itself: write',
  ],
  ["TRACE", shop(['custom: {kind: "TRACE" path: "/v1"}']), '"TRACE", which would show cookies to scripts: write'],
  ["CONNECT", shop(['custom: {kind: "CONNECT" path: "/v1"}']), '"CONNECT", which is for proxies: write'],
  ["a method in lower case", shop(['custom: {kind: "head" path: "/v1"}']), '"head": write HEAD'],
  [
    "an unknown method",
    shop(['custom: {kind: "FETCH" path: "/v1"}']),
    '"FETCH", which Node does not know: write one such as',
  ],
  [
    "a change by GET",
    shop(['get: "/v1"'], "gateway: {public: true}", "IDEMPOTENT"),
    "Buy0 is not NO_SIDE_EFFECTS: use post",
  ],
  ["the gateway's own path", shop(['get: "/trpc/{id}"']), "GET /trpc/{id} is a path of the gateway itself"],
  [
    "the same route twice",
    shop(['get: "/v1/{id}"', 'get: "/v1/{request_id}"']),
    ":28:33:GET /v1/{request_id} is already a route of shop.v1.Shop.Buy0",
  ],
  [
    "a binding that is wrong",
    shop(['get: "/v1" additional_bindings: {get: "/v2/{no}"}']),
    ":23:44:{no} names no field of Ask",
  ],
  [
    "bindings in bindings",
    shop(['get: "/v1" additional_bindings: {get: "/v2" additional_bindings: {get: "/v3"}}']),
    "additional_bindings in additional_bindings have no effect",
  ],
  ["a route that is not exposed", shop(['get: "/v1"'], "deadline_ms: 1"), "Buy0 has a route and is not exposed: add"],
  [
    "a JSON name that is another field's name",
    swapped,
    ':6:1:in JSON, "b" would be both a and b of Named: give a another',
  ],
  [
    "such a name in its response",
    inResponse,
    ':6:1:in JSON, "b" would be both a and b of Named: give a another json_name',
  ],
  [
    "a default JSON name that is another field's name",
    withFields('optional int32 fooBar = 1 [json_name = "x"];\noptional int32 foo_bar = 2;'),
    ':7:1:in JSON, "fooBar" would be both foo_bar and fooBar of Named: give foo_bar another json_name',
  ],
  [
    "two equal JSON names",
    withFields("optional int32 fooBar = 1;\noptional int32 foo_bar = 2;"),
    ':7:1:in JSON, "fooBar" would be both foo_bar and fooBar of Named: give foo_bar another json_name',
  ],
  [
    "two equal JSON names that are no field's name",
    withFields("optional int32 foo_bar = 1;\noptional int32 foo__bar = 2;"),
    ':7:1:in JSON, "fooBar" would be both foo__bar and foo_bar of Named: give foo__bar another json_name',
  ],
];

let contracts: Contracts;

beforeAll(async () => {
  contracts = await compileContracts(refused.map(([, source]) => source));
});

test.each(refused.map(([title, , expected], index) => [title, index, expected] as const))(
  "a route with %s is reported with file, line, problem and fix",
  (_, index, expected) => {
    const problems = contracts.problemsOf(index);
    expect(problems).toMatch(/^proto\/shop\/v1\/shop\.proto:\d+:\d+:/);
    expect(problems).toContain(expected);
    expect(problems.split("\n")).toHaveLength(1);
  },
);
