import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { generateFiles } from "../../testing/index.ts";

const source = `syntax = "proto3";
package shop.v1;
import "buf/validate/validate.proto";
import "google/api/annotations.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/options.proto";

// The books of the shop.
service ShopService {
  // Lists books: of a shelf. The newest first.
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {
      get: "/v1/{parent=shelves/*}/books"
      additional_bindings: {get: "/v1/books"}
    };
    option (mesh.v1.method) = {gateway: {public: true}};
  }
  // Changes a book.
  rpc UpdateBook(UpdateBookRequest) returns (Book) {
    option deprecated = true;
    option (google.api.http) = {patch: "/v1/books/{book.id}" body: "book"};
    option (mesh.v1.method) = {gateway: {scopes: "books:write"} errors: "ShopError"};
  }
  // Adds a book.
  rpc CreateBook(CreateBookRequest) returns (CreateBookResponse) {
    option (google.api.http) = {post: "/v1/books" body: "*" response_body: "book"};
    option (mesh.v1.method) = {gateway: {public: true rate_limit: {per_user: {count: 10 seconds: 10}}}};
  }
  // Sends books.
  rpc WatchBooks(WatchBooksRequest) returns (stream Book) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {get: "/v1/books/{id}:watch"};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
  // Reads a file.
  rpc GetFile(GetFileRequest) returns (google.protobuf.Struct) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (google.api.http) = {custom: {kind: "REPORT" path: "/v1/files/{path=**}"}};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
  // Removes a book.
  rpc DeleteBook(DeleteBookRequest) returns (DeleteBookResponse) {
    option (google.api.http) = {delete: "/v1/drafts/{id}"};
    option (mesh.v1.method) = {gateway: {public: true}};
  }
  // No client outside calls this.
  rpc Hidden(GetFileRequest) returns (Book) {}
}

message ListBooksRequest {
  string parent = 1;
  // How many.
  int32 page_size = 2 [(buf.validate.field).int32 = {gte: 1, lte: 9}];
  Filter filter = 3;
  repeated string tags = 4 [deprecated = true];
  google.protobuf.Timestamp since = 5;
  map<string, string> labels = 6;
  google.protobuf.Value any = 7;
}
message Filter {
  string title = 1 [(buf.validate.field).string.min_len = 1];
  Filter next = 2;
}
message ListBooksResponse { repeated Book books = 1; }
message UpdateBookRequest { Book book = 1; google.protobuf.FieldMask update_mask = 2; string request_id = 3; }
message CreateBookRequest {
  Book book = 1 [(buf.validate.field).required = true];
  string request_id = 2 [(buf.validate.field).string.uuid = true];
}
message CreateBookResponse { Book book = 1; }
message WatchBooksRequest { string id = 1; }
message DeleteBookRequest { string id = 1; }
message DeleteBookResponse {}
message GetFileRequest { string path = 1; }
// A book.
message Book {
  string id = 1 [(buf.validate.field).string.uuid = true];
  string isbn = 2 [(buf.validate.field).string = {pattern: "^[0-9]{13}$", example: "9780141439518"}];
}

enum ShopError {
  SHOP_ERROR_UNSPECIFIED = 0;
  // There is no such book.
  SHOP_ERROR_BOOK_NOT_FOUND = 1 [(mesh.v1.error) = {
    code: CODE_NOT_FOUND
    metadata: ["book_id", "fine:double", "copies:int32", "isbn:uint64", "is_lost:bool"]
  }];
  // It is lent.
  SHOP_ERROR_LENT = 2 [(mesh.v1.error) = {code: CODE_FAILED_PRECONDITION}];
  // It was lent to two.
  SHOP_ERROR_LENT_TWICE = 3 [(mesh.v1.error) = {code: CODE_FAILED_PRECONDITION}];
}
`;

type Json = Readonly<Record<string, unknown>>;
interface Media extends Json {
  readonly schema: Json;
  readonly example?: unknown;
  readonly examples?: Json;
}
interface Operation extends Json {
  readonly parameters?: readonly Json[];
  readonly responses: Readonly<Record<string, { content: Record<string, Media>; headers?: Json }>>;
}
interface Document extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const files = await generateFiles({ "shop/v1/shop.proto": source });
const document: Document = JSON.parse(files.find(({ name }) => name === "openapi.json")?.content ?? "");

function operation(method: string, path: string): Operation {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`there is no ${method} ${path} among ${Object.keys(document.paths)}`);
  return found;
}

describe("the OpenAPI document", () => {
  test("is valid by the schema of OpenAPI 3.1, and has every operation once", async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    expect(document.openapi).toMatch(/^3\.1\./);
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId).filter(Boolean);
    expect(new Set(ids).size).toBe(ids.length);
    expect(JSON.stringify(document)).not.toContain("Hidden");
  });

  test("has a component for each reference", () => {
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !name || !(name in document.components.schemas))).toEqual([]);
  });

  test("has a summary and a description of each method", () => {
    expect(operation("get", "/v1/books")).toMatchObject({
      operationId: "ShopService_ListBooks2",
      tags: ["ShopService"],
      summary: "Lists books",
      description: "Lists books: of a shelf. The newest first.",
    });
    expect(operation("patch", "/v1/books/{book.id}")).toMatchObject({
      summary: "Changes a book",
      deprecated: true,
      security: [{ customer: ["books:write"] }],
    });
  });

  test("writes out a variable of several segments", () => {
    const { parameters } = operation("get", "/v1/shelves/{parent}/books");
    expect(parameters?.[0]).toMatchObject({ name: "parent", in: "path", required: true });
    expect(parameters?.[0]?.description).toContain("parent=shelves/*");
  });

  test("has a parameter for each field that a query can set", () => {
    const { parameters = [] } = operation("get", "/v1/shelves/{parent}/books");
    const inQuery = parameters.filter((parameter) => parameter.in === "query");
    expect(inQuery.map(({ name }) => name)).toEqual(["pageSize", "filter.title", "tags", "since"]);
    expect(inQuery[0]).toMatchObject({ required: true, description: "How many.", schema: { minimum: 1, maximum: 9 } });
    expect(inQuery[1]).not.toHaveProperty("required");
    expect(inQuery[2]).toMatchObject({ deprecated: true, schema: { type: "array", items: { type: "string" } } });
  });

  test("does not require in the body what the path or a header contains", () => {
    const patch = operation("patch", "/v1/books/{book.id}");
    expect(patch.requestBody).toMatchObject({
      content: { "application/json": { schema: { required: ["isbn"] }, example: { isbn: "9780141439518" } } },
    });
    expect(patch.parameters?.map(({ name }) => name)).toEqual([
      "book.id",
      "updateMask",
      "requestId",
      "Idempotency-Key",
    ]);
    const { requestBody, parameters } = operation("post", "/v1/books");
    expect(requestBody).toMatchObject({ content: { "application/json": { schema: { required: ["book"] } } } });
    expect(parameters).toMatchObject([{ name: "Idempotency-Key", in: "header" }]);
  });

  test("has the header Idempotency-Key for each mutation, and for no query", () => {
    const keyOf = (method: string, path: string) =>
      operation(method, path).parameters?.find(({ name }) => name === "Idempotency-Key");
    expect(keyOf("delete", "/v1/drafts/{id}")).toMatchObject({ in: "header", schema: { maxLength: 255 } });
    expect(keyOf("delete", "/v1/drafts/{id}")).not.toHaveProperty("required");
    expect(keyOf("get", "/v1/shelves/{parent}/books")).toBeUndefined();
    expect(keyOf("get", "/v1/books/{id}:watch")).toBeUndefined();
  });

  test("has the headers of a rate limit, and the response above it", () => {
    const { responses } = operation("post", "/v1/books");
    expect(Object.keys(responses["429"]?.headers ?? {})).toEqual(["RateLimit", "RateLimit-Policy", "Retry-After"]);
    expect(responses["429"]?.content["application/problem+json"]?.example).toMatchObject({ status: 429 });
    for (const status of ["200", "400", "401"]) {
      expect([status, Object.keys(responses[status]?.headers ?? {})]).toEqual([
        status,
        ["RateLimit", "RateLimit-Policy"],
      ]);
    }
    expect(operation("delete", "/v1/drafts/{id}").responses).not.toHaveProperty("429");
  });

  test("responds with a single field if the contract says so", () => {
    const response = operation("post", "/v1/books").responses["200"]?.content["application/json"];
    expect(response?.schema).toMatchObject({ $ref: "#/components/schemas/shop.v1.Book" });
    expect(response?.example).toMatchObject({ isbn: "9780141439518" });
  });

  test("describes the lines of a stream", () => {
    const lines = operation("get", "/v1/books/{id}:watch").responses["200"]?.content["application/x-ndjson"];
    expect(lines?.schema).toMatchObject({
      type: "string",
      contentSchema: { oneOf: [{ required: ["result"] }, { required: ["error"] }] },
    });
    expect(JSON.parse(String(lines?.example))).toMatchObject({ result: { isbn: "9780141439518" } });
  });

  test("keeps an HTTP method that OpenAPI 3.1 does not know", () => {
    const item = document.paths["/v1/files/{path}"];
    expect(item?.["x-additionalOperations"]).toMatchObject({ REPORT: { operationId: "ShopService_GetFile" } });
  });

  test("lists the reasons that a method declares, by status, with the metadata of each", () => {
    const { responses } = operation("patch", "/v1/books/{book.id}");
    const notFound = responses["404"]?.content["application/problem+json"];
    const name = "shop.v1.ShopError.BOOK_NOT_FOUND";
    expect(notFound?.schema).toMatchObject({
      oneOf: [{ $ref: `#/components/schemas/${name}` }],
      discriminator: { propertyName: "reason", mapping: { BOOK_NOT_FOUND: `#/components/schemas/${name}` } },
    });
    expect(document.components.schemas[name]).toMatchObject({
      properties: {
        reason: { const: "BOOK_NOT_FOUND" },
        metadata: {
          required: ["bookId", "fine", "copies", "isbn", "isLost"],
          properties: {
            bookId: { type: "string" },
            fine: { anyOf: [{ type: "number", format: "double" }, { enum: ["NaN", "Infinity", "-Infinity"] }] },
            copies: { type: "integer", format: "int32" },
            isbn: { type: "string", format: "uint64" },
            isLost: { type: "boolean" },
          },
        },
      },
    });
    const badRequest = responses["400"]?.content["application/problem+json"];
    expect(Object.keys(badRequest?.examples ?? {})).toEqual(["LENT", "LENT_TWICE", "undeclared"]);
    expect(Object.keys(responses)).toEqual(["200", "400", "401", "403", "404", "default"]);
  });

  test("allows unknown fields in responses, but not in requests", () => {
    const { schemas } = document.components;
    expect(schemas["shop.v1.Book"]).not.toHaveProperty("additionalProperties");
    expect(operation("post", "/v1/books").requestBody).toMatchObject({
      content: { "application/json": { schema: { additionalProperties: false } } },
    });
  });
});
