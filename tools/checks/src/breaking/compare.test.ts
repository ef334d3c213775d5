import { type ContractChange, change, errors, event, gone, method, sold } from "../../fixtures/contract-change.ts";
import { testBreaks } from "../../fixtures/printed-breaks.ts";

const owned = (owner: string) => method(`option (mesh.v1.method) = {gateway: {scopes: "a"}${owner}};`);
const exposed = "option (mesh.v1.method) = {gateway: {}};";
const routed = (route: string) => method(`${exposed}\n    ${route}`);

const byBuf: readonly ContractChange[] = [
  change(
    "a removed field",
    method(exposed).replace("string id = 1;", "«string id = 1;→»"),
    '17:3: field "1" with name "id" on message "Ask" was deleted (declared here in COMMIT): breaks gRPC clients, tRPC clients: keep it, with [deprecated = true], until no client uses it',
  ),
  change(
    "a field with a new type",
    method(exposed).replace("string id", "«string→bytes» id"),
    '17:3: Field "1" with name "id" on message "Ask" changed type from "string" to "bytes": breaks gRPC clients, tRPC clients: revert it, and add a field with a new number',
  ),
  change(
    "a renamed field, reported once even if it is required",
    method(exposed).replace("string id = 1", "string «id→name» = 1 [(buf.validate.field).required = true]"),
    '17:10: Field "1" on message "Ask" changed name from "id" to "name": breaks gRPC clients, tRPC clients: revert it, and add a field with a new number',
  ),
  change(
    "a field of an event",
    event(sold, "string id = 1; «string→bytes» order = 2;"),
    '13:18: Field "2" with name "order" on message "Sold" changed type from "string" to "bytes": breaks event consumers, stored events: revert it, and add a field with a new number',
  ),
  change(
    "a removed event",
    `«${event(sold)}→»`,
    '11:1: message "Sold" was deleted from file (declared here in COMMIT): breaks event consumers, stored events: keep it until it is no longer used',
  ),
  change(
    "a removed method",
    "service Shop {\n  «rpc Buy(Ask) returns (Ask);→»\n}\nmessage Ask {}",
    '12:3: RPC "Buy" on service "Shop" was deleted (declared here in COMMIT): breaks gRPC clients: keep it, with `option deprecated = true`, until no client calls it',
  ),
  change(
    "a message that is not used",
    "«message Ask {}→»",
    '11:1: message "Ask" was deleted from file (declared here in COMMIT): breaks code that imports it: keep it until it is no longer used',
  ),
  change(
    "a field within a nested message",
    "message A { message B { string a = 1; } } message C { message B { «string a = 1;→» } }",
    '11:67: field "1" with name "a" on message "B" was deleted (declared here in COMMIT): breaks code that imports it: keep it, with [deprecated = true], until no client uses it',
  ),
];

const methods: readonly ContractChange[] = [
  change(
    "no longer exposed",
    method("option (mesh.v1.method) = {«gateway: {} →»deadline_ms: 10};"),
    "13:12: Shop.Buy is no longer exposed at the gateway: breaks tRPC clients: keep the option gateway until no external client calls it",
  ),
  change("newly exposed", method(`«→${exposed}»`)),
  change(
    "a mutation that was a query",
    method(`${exposed} «option idempotency_level = NO_SIDE_EFFECTS;→»`),
    "12:3: Shop.Buy is a tRPC mutation, was a query: breaks gRPC clients, tRPC clients: revert the idempotency_level or the stream, or add a new rpc",
  ),
  change(
    "a subscription that was a mutation",
    method(exposed).replace("returns (Answer)", "returns («→stream »Answer)"),
    "12:3: Shop.Buy is a tRPC subscription, was a mutation: breaks gRPC clients, tRPC clients: revert the idempotency_level or the stream, or add a new rpc",
  ),
  change(
    "messages with ids",
    method(
      'option (mesh.v1.method) = {gateway: {}« → resume: {request: "id" response: "id"}»}; option idempotency_level = NO_SIDE_EFFECTS;',
    )
      .replace("returns (Answer)", "returns (stream Answer)")
      .replace("message Answer {}", "message Answer {\n  string id = 1;\n}"),
    "13:53: the messages of Shop.Buy have ids: breaks tRPC clients: revert it, or add a new rpc",
  ),
  change(
    "more scopes",
    method('option (mesh.v1.method) = {gateway: {scopes: "a«→ b»"}};'),
    "13:42: Shop.Buy requires more scopes: b: breaks tRPC clients: grant them to all callers first, or remove them",
  ),
  change(
    "no owner any more",
    owned('« owner: {request: "id"}→»'),
    "13:12: Shop.Buy gives all callers access to the objects that had the owner request id: breaks owners of objects: keep the owner, unless the objects may be read by all who have the scopes",
  ),
  change(
    "a scope that opens the objects of all",
    owned(' owner: {request: "id"« → unless: "a"»}'),
    "13:63: Shop.Buy gives callers with the scope a access to the objects of all: breaks owners of objects: keep the owner, unless the objects may be read by all who have the scopes",
  ),
  change(
    "an owner where there was none",
    owned('«→ owner: {request: "id"}»'),
    "13:63: Shop.Buy takes the objects of others from its callers: they have the owner request id: breaks gRPC clients, tRPC clients: revert it, or add a new rpc",
  ),
  change(
    "no scope that opens the objects of all",
    owned(' owner: {request: "id"« unless: "a"→»}'),
    "13:63: Shop.Buy takes the objects of others from callers with the scope a: breaks gRPC clients, tRPC clients: revert it, or add a new rpc",
  ),
  change(
    "fewer callers",
    method('option (mesh.v1.method) = {callers: ["a"«, "b"→»]};'),
    "13:32: Shop.Buy may be called by a only, before b may call it: breaks gRPC clients: list all services that call it",
  ),
  change(
    "callers where there were none",
    method('option (mesh.v1.method) = {gateway: {}« → callers: "a"»};'),
    "13:44: Shop.Buy may be called by a only, before any service may call it: breaks gRPC clients: list all services that call it",
  ),
  change("more callers, and then all", method('option (mesh.v1.method) = {gateway: {} callers: "«a→*»"};')),
  change("fewer scopes, in another order", method('option (mesh.v1.method) = {gateway: {scopes: "«a b c→c a»"}};')),
  change(
    "other errors",
    method(
      'option (mesh.v1.method) = {errors: "«ShopError→OtherError»"};',
      `${errors(gone)}\n${errors(gone).replace("ShopError", "OtherError").replaceAll("SHOP", "OTHER")}`,
    ),
    '13:32: Shop.Buy declares the errors OtherError, was ShopError: breaks gRPC clients: keep errors: "ShopError", and add new reasons to it',
  ),
  change(
    "no errors",
    method('option (mesh.v1.method) = {gateway: {}« errors: "ShopError"→»};', errors(gone)),
    '13:12: Shop.Buy declares no errors, was ShopError: breaks gRPC clients, tRPC clients: keep errors: "ShopError", and add new reasons to it',
  ),
  change("errors", method('option (mesh.v1.method) = {gateway: {}«→ errors: "ShopError"»};', errors(gone))),
  change(
    "a shorter deadline",
    method("option (mesh.v1.method) = {deadline_ms: «900→800»};"),
    "13:32: the deadline of Shop.Buy is 800 ms, was 900 ms: breaks gRPC clients: keep deadline_ms: 900 until you know that no call needs it",
  ),
  change(
    "a deadline below the default",
    method("option (mesh.v1.method) = {«→deadline_ms: 9999»};"),
    "13:32: the deadline of Shop.Buy is 9999 ms, was 10000 ms: breaks gRPC clients: keep deadline_ms: 10000 until you know that no call needs it",
  ),
  change("a longer deadline", method("option (mesh.v1.method) = {deadline_ms: «800→900»};")),
  change(
    "a new method",
    method(exposed).replace("service Shop {", "service Shop {«→ rpc Sell(Ask) returns (Answer);»"),
  ),
  change("a new field", method(exposed).replace("string id = 1;", "string id = 1;«→ string more = 2;»")),
];

const routes: readonly ContractChange[] = [
  change(
    "a new path",
    routed('option (google.api.http) = {get: "/v1/«shops→stores»"};'),
    '14:12: Shop.Buy: the route GET /v1/shops was removed: breaks REST clients: keep it in additional_bindings: {get: "/v1/shops"}',
  ),
  change(
    "a new verb",
    routed('option (google.api.http) = {«put→post»: "/v1/shops" body: "*"};'),
    '14:12: Shop.Buy: the route PUT /v1/shops was removed: breaks REST clients: keep it in additional_bindings: {put: "/v1/shops" body: "*"}',
  ),
  change(
    "a new body",
    routed('option (google.api.http) = {post: "/v1/shops" body: "«*→id»"};'),
    '14:12: Shop.Buy: the body of POST /v1/shops is id, was the message: breaks REST clients: keep it in additional_bindings: {post: "/v1/shops" body: "*"}',
  ),
  change(
    "no route",
    routed('«option (google.api.http) = {get: "/v1/shops"};→»'),
    '13:12: Shop.Buy: the route GET /v1/shops was removed: breaks REST clients: keep it in additional_bindings: {get: "/v1/shops"}',
  ),
  change(
    "one of two routes",
    routed('option (google.api.http) = {get: "/v1/shops"«additional_bindings {get: "/v1/stores"}→»};'),
    '14:12: Shop.Buy: the route GET /v1/stores was removed: breaks REST clients: keep it in additional_bindings: {get: "/v1/stores"}',
  ),
  change(
    "a second route, with the first one in additional_bindings",
    routed('option (google.api.http) = {get: "«/v1/shops→/v2/shops»"«→ additional_bindings {get: "/v1/shops"}»};'),
  ),
  change("a renamed variable", routed('option (google.api.http) = {get: "/v1/shops/{«id→id=*»}"};')),
  change(
    "a route of a method that is not exposed",
    `service Shop { rpc Buy(Ask) returns (Ask) { option (google.api.http) = {get: "/«a→b»"}; } } message Ask {}`,
  ),
];

testBreaks({ "findings of buf, with the affected users": byBuf, methods, routes });
