import { type ContractChange, change, errors, event, gone, method, sold } from "../../fixtures/contract-change.ts";
import { testBreaks } from "../../fixtures/printed-breaks.ts";

const declares = 'option (mesh.v1.method) = {gateway: {} errors: "ShopError"};';
const feed = (option: string) =>
  `service Shop {}\n${event(`option (mesh.v1.event) = {subject: "shop.v1.sold" key: "id"${option}};`)}`;

const eventsAndErrors: readonly ContractChange[] = [
  change(
    "a new subject",
    event('option (mesh.v1.event) = {subject: "shop.v1.«sold→bought»" key: "id"};'),
    "12:29: the subject of the event Sold is shop.v1.bought, was shop.v1.sold: breaks event consumers, stored events: revert it, and publish a second event until no service consumes this one",
  ),
  change(
    "a new key",
    event('option (mesh.v1.event) = {subject: "shop.v1.sold" key: "«id→order»"};'),
    "12:53: the key of the event Sold is order, was id: breaks event consumers, stored events: revert it, and publish a second event until no service consumes this one",
  ),
  change(
    "no longer an event",
    event(`«${sold}→»`),
    "11:1: Sold is no longer an event: breaks event consumers, stored events: revert it, and publish a second event until no service consumes this one",
  ),
  change(
    "no longer a feed",
    feed("« feed: {public: true}→»"),
    "13:10: Sold is no longer a feed: breaks tRPC clients: revert it until no external client subscribes",
  ),
  change(
    "a feed with another name",
    feed(' feed: {public: true« → name: "sales"»}'),
    "13:70: the feed of Sold is sales, was onSold: breaks tRPC clients: revert it until no external client subscribes",
  ),
  change(
    "a feed with more scopes",
    feed(' feed: {scopes: "a«→ b»"}'),
    "13:70: the feed of Sold requires more scopes: b: breaks tRPC clients: revert it until no external client subscribes",
  ),
  change(
    "a feed without its owner",
    feed(' feed: {scopes: "a"« owner: "order"→»}'),
    "13:70: the feed of Sold gives all subscribers the events that had the owner order: breaks owners of objects: keep the owner, unless the events may be read by all who have the scopes",
  ),
  change(
    "a feed with a scope for the events of all",
    feed(' feed: {scopes: "a" owner: "order"« → unless: "b"»}'),
    "13:70: the feed of Sold gives subscribers with the scope b the events of all: breaks owners of objects: keep the owner, unless the events may be read by all who have the scopes",
  ),
  change(
    "a feed with an owner",
    feed(' feed: {public: true« → owner: "order"»}'),
    "13:70: the feed of Sold has the owner order, was everyone: breaks tRPC clients: revert it until no external client subscribes",
  ),
  change("a new feed", feed("«→ feed: {public: true}»")),
  change(
    "an event with consumers, after any could consume it",
    event('option (mesh.v1.event) = {subject: "shop.v1.sold" key: "id"« → consumers: "till"»};'),
    "12:63: Sold may be consumed by till only, before any service may: breaks event consumers: list all services that consume it",
  ),
  change(
    "an event with more consumers",
    event('option (mesh.v1.event) = {subject: "shop.v1.sold" key: "id" consumers: ["a"«→, "b"»]};'),
  ),
  change("a new event", event(`«→${sold}»`)),
  change(
    "a removed reason",
    method(declares, errors(`«${gone}→» SHOP_ERROR_OUT = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];`)),
    "22:3: the reason GONE of ShopError was removed (declared here in COMMIT): breaks gRPC clients, tRPC clients: revert it, and add a new reason",
  ),
  change(
    "a renamed reason",
    method(declares, errors("SHOP_ERROR_«GONE→AWAY» = 1 [(mesh.v1.error) = {code: CODE_NOT_FOUND}];")),
    "22:3: the reason GONE of ShopError was renamed to AWAY: breaks gRPC clients, tRPC clients: revert it, and add a new reason",
  ),
  change(
    "a reason with another code",
    method(declares, errors("SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: «CODE_NOT_FOUND→CODE_ABORTED»}];")),
    "22:24: the reason GONE of ShopError has the code ABORTED, was NOT_FOUND: breaks gRPC clients, tRPC clients: revert it, and add a new reason",
  ),
  change(
    "a reason without some of its metadata",
    method(declares, errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: ["a"«, "b_c"→»]}];')),
    "22:24: the reason GONE of ShopError no longer has the metadata bC: breaks gRPC clients, tRPC clients: revert it, and add a new reason",
  ),
  change(
    "metadata of another type",
    method(declares, errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: "a_b«→:int64»"}];')),
    "22:24: the reason GONE of ShopError has aB as int64, was string: breaks gRPC clients, tRPC clients: revert it, and add a new reason",
  ),
  change(
    "metadata of another width",
    method(
      declares,
      errors('SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED metadata: "a:«int32→uint32»"}];'),
    ),
  ),
  change(
    "a new reason, and more metadata",
    method(
      declares,
      errors(
        'SHOP_ERROR_GONE = 1 [(mesh.v1.error) = {code: CODE_ABORTED«→ metadata: "a"»}]; «→SHOP_ERROR_OUT = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];»',
      ),
    ),
  ),
];

const nameOf = (name: string) => `option (mesh.v1.service) = {name: "${name}"};`;
const owner = (service: string, name: string, owns: string) =>
  `service ${service} { option (mesh.v1.service) = {name: "${name}"${owns}}; }\n`;

const services: readonly ContractChange[] = [
  change(
    "a service of another name, and with it the stream of its events",
    `service Shop { ${nameOf("«a→b»")} }\n${event(sold)}`,
    "11:23: the events of shop.v1 are in the stream b_v1, were in a_v1: breaks event consumers, stored events: keep their owner and its name a: events of the old stream would not be found",
    '11:44: the service Shop has the name b, was a: breaks gRPC clients: keep option (mesh.v1.service) = {name: "a"}: addresses, consumers and databases carry the name',
  ),
  change(
    "events of another owner",
    owner("Shop", "c", "« owns_events: true→»") + owner("Till", "d", "«→ owns_events: true»") + event(sold),
    "12:54: the events of shop.v1 are in the stream d_v1, were in c_v1: breaks event consumers, stored events: keep their owner and its name c: events of the old stream would not be found",
  ),
  change(
    "a second service, while the first keeps its name",
    `service Shop { ${nameOf("e")} }\n«→${owner("Till", "f", "")}»`,
  ),
];

const timed = (form: string) =>
  `option (mesh.v1.package).timestamps = TIMESTAMPS_${form};\nmessage Ask { google.protobuf.Timestamp at = 1; }`;

const timestamps: readonly ContractChange[] = [
  change(
    "that keep all digits",
    timed("«TRUNCATE→EXACT»"),
    "1:1: the timestamps are TIMESTAMPS_EXACT, were TIMESTAMPS_TRUNCATE: breaks tRPC clients, event consumers: keep option (mesh.v1.package).timestamps = TIMESTAMPS_TRUNCATE, and use the other form in a new package",
  ),
  change(
    "that are rejected for some digits",
    timed("«TRUNCATE→REJECT»"),
    "1:1: the timestamps are TIMESTAMPS_REJECT, were TIMESTAMPS_TRUNCATE: breaks gRPC clients, REST clients: keep option (mesh.v1.package).timestamps = TIMESTAMPS_TRUNCATE, and use the other form in a new package",
  ),
  change("that lose digits instead", timed("«REJECT→TRUNCATE»")),
];

testBreaks({ "events and errors": eventsAndErrors, "names of services": services, timestamps });
