import { expect, test } from "vitest";
import { pluginRequest } from "../../testing/compile.ts";
import { errors, event, method, type ProblemCase, testProblems } from "../../testing/problems.ts";
import { meshPlugin } from "./plugin.ts";

const named = (service: string, option: string) => `service ${service} { option (mesh.v1.service) = {${option}}; }`;

const notFound = (name: string, key: string) =>
  `${name} [(mesh.v1.error) = {code: CODE_NOT_FOUND metadata: "${key}"}];`;
/** A query whose errors have two reasons for what does not exist. */
const owned = (owner: string, level = "option idempotency_level = NO_SIDE_EFFECTS;") => `message Ask {
  string id = 1; repeated string tags = 2; int32 age = 3; string buyer_id = 4;
}
${errors(`${notFound("SHOP_ERROR_GONE = 1", "ask_id")} ${notFound("SHOP_ERROR_NO_SHOP = 2", "shop_name")}`)}
service Shop { rpc Buy(Ask) returns (Ask) { ${level} option (mesh.v1.method) = {errors: "ShopError" owner: ${owner}}; } }`;
const roles = (list: string) => `option (mesh.v1.package) = {roles: ${list}};`;

const cases: readonly ProblemCase[] = [
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
];

testProblems("%s is reported with file, line, problem and fix", cases);

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
