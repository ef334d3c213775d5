import { errors, event, method, type ProblemCase, testProblems } from "../../testing/problems.ts";

const cases: readonly ProblemCase[] = [
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
    "several at a time",
    `${event("")}\n${errors("A = 1; B = 2 [(mesh.v1.error) = {code: CODE_ABORTED}];")}`,
    `proto/shop/v1/shop.proto:8:10:the event's subject "" must be shop.v1. and a name in lower case: shop.v1.sold
proto/shop/v1/shop.proto:8:10:the event's key "" names no field of Sold: use one of id
proto/shop/v1/shop.proto:13:3:A has no code`,
  ],
];

testProblems("%s is reported with file, line, problem and fix", cases);
