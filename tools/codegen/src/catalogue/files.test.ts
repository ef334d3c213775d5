import { createFileRegistry } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import type { Problem } from "../problem.ts";
import { checkFiles, downloadOf, uploadOf } from "./files.ts";
import { MeshOptions } from "./options.ts";

interface Shape {
  readonly http?: string;
  readonly types?: string;
  readonly level?: string;
  readonly more?: string;
}

async function read(
  gateway: string,
  { http = "", types = "(stream Part) returns (Ask)", level = "", more = "" }: Shape,
) {
  const source = `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "mesh/v1/options.proto";
message Part { oneof part { File file = 1; bytes next_chunk = 2; } string note = 3; repeated bytes list = 4; }
message File { string media_type = 1; int64 size = 2; string etag = 3; uint32 small = 4; }
message Ask { string id = 1; int64 from_byte = 2; int64 count = 3; }
service Shop {
  rpc Move${types} {
    ${level}
    option (google.api.http) = {${http}};
    option (mesh.v1.method) = {gateway: {public: true ${gateway}} ${more}};
  }
}
`;
  const registry = createFileRegistry(await compile({ "shop/v1/shop.proto": source }));
  const options = new MeshOptions(registry);
  const service = registry.getService("shop.v1.Shop");
  const problems: Problem[] = [];
  checkFiles(service ? [service.file] : [], options, problems);
  const [method] = service?.methods ?? [];
  const texts = problems.map(({ text }) => text);
  return { upload: method && uploadOf(method, options), download: method && downloadOf(method, options), texts };
}

const put = 'put: "/v1/files" body: "next_chunk"';
const upload = (changes = "") =>
  `upload: {content_type: "file.media_type" max_bytes: 100 accept: "image/png" ${changes}}`;
const get = 'get: "/v1/files/{id}" response_body: "next_chunk"';
const getting: Shape = {
  http: get,
  types: "(Ask) returns (stream Part)",
  level: "option idempotency_level = NO_SIDE_EFFECTS;",
};
const download = (changes = "") =>
  `download: {content_type: "file.media_type" size: "file.size" etag: "file.etag" ${changes}}`;

test("an upload has the names of its fields in TypeScript, or in the .proto for those that JSON sets", async () => {
  expect(await read(upload('size: "file.size"'), { http: put })).toEqual({
    upload: {
      chunk: { key: "nextChunk", oneof: "part" },
      contentType: "file.media_type",
      size: "file.size",
      maxBytes: 100,
      accept: ["image/png"],
    },
    texts: [],
  });
});

test("a download, too", async () => {
  expect(await read(download('offset: "from_byte" limit: "count" immutable: true'), getting)).toEqual({
    download: {
      chunk: { key: "nextChunk", oneof: "part" },
      contentType: [{ key: "file", oneof: "part" }, { key: "mediaType" }],
      size: [{ key: "file", oneof: "part" }, { key: "size" }],
      etag: [{ key: "file", oneof: "part" }, { key: "etag" }],
      offset: "from_byte",
      limit: "count",
      immutable: true,
    },
    texts: [],
  });
});

const uploadForm = '(google.api.http) = {put: "/v1/…" body: "…"}, with a field of Part of the type bytes';
const downloadForm = '(google.api.http) = {get: "/v1/…" response_body: "…"}, with a field of Part of the type bytes';
const types =
  "use some of image/png, image/jpeg, image/gif, image/webp, image/avif, application/pdf, application/zip, application/octet-stream";

test.each<[string, string, Shape, string]>([
  [
    "a unary method",
    upload(),
    { http: put, types: "(Part) returns (Ask)" },
    "upload: Move must stream its requests, and return one response",
  ],
  [
    "no bytes",
    upload(),
    { http: 'put: "/v1/files" body: "note"' },
    `upload: PUT /v1/files has no put or post with a body of bytes: write ${uploadForm}`,
  ],
  [
    "a whole body",
    upload(),
    { http: 'put: "/v1/files" body: "*"' },
    `upload: PUT /v1/files has no put or post with a body of bytes: write ${uploadForm}`,
  ],
  [
    "a list of bytes",
    upload(),
    { http: 'put: "/v1/files" body: "list"' },
    `upload: PUT /v1/files has no put or post with a body of bytes: write ${uploadForm}`,
  ],
  [
    "another method",
    upload(),
    { http: 'patch: "/v1/files" body: "next_chunk"' },
    `upload: PATCH /v1/files has no put or post with a body of bytes: write ${uploadForm}`,
  ],
  [
    "an owner",
    upload(),
    { http: put, more: 'owner: {request: "note"}' },
    "upload: Move has owner, which the gateway can't check in a stream of requests: remove owner",
  ],
  [
    "no field for the type",
    upload().replace("media_type", "none"),
    { http: put },
    'upload: content_type: Part has no singular field "file.none" of the type string',
  ],
  [
    "a size that is no int64",
    upload('size: "file.small"'),
    { http: put },
    'upload: size: Part has no singular field "file.small" of the type int64',
  ],
  [
    "no bound",
    upload().replace("max_bytes: 100", "max_bytes: 0"),
    { http: put },
    "upload: max_bytes must be from 1 to 1099511627776, got 0",
  ],
  [
    "no types",
    'upload: {content_type: "file.media_type" max_bytes: 1}',
    { http: put },
    `upload: accept is empty: ${types}`,
  ],
  [
    "a type that can run scripts",
    upload('accept: "image/svg+xml"'),
    { http: put },
    `upload: the first bytes of a file do not show whether it is "image/svg+xml": ${types}`,
  ],
  [
    "a unary method",
    download(),
    { ...getting, types: "(Ask) returns (Part)" },
    "download: Move must stream its responses and be NO_SIDE_EFFECTS",
  ],
  [
    "a method with effects",
    download(),
    { ...getting, level: "" },
    "download: Move must stream its responses and be NO_SIDE_EFFECTS",
  ],
  [
    "resume",
    download(),
    { ...getting, more: 'resume: {request: "id" response: "note"}' },
    "download: Move has resume, which a part of a file has no field for: remove it",
  ],
  [
    "the whole response",
    download(),
    { ...getting, http: 'get: "/v1/files/{id}"' },
    `download: GET /v1/files/{id} has no get with a response_body of bytes: write ${downloadForm}`,
  ],
  [
    "no etag",
    download().replace("file.etag", ""),
    getting,
    'download: etag: Part has no singular field "" of the type string',
  ],
  [
    "an offset without a limit",
    download('offset: "from_byte"'),
    getting,
    'download: limit: Ask has no singular field "" of the type int64',
  ],
])("%s: {%s}", async (_, gateway, shape, text) => {
  expect(await read(gateway, shape)).toEqual({ texts: [text] });
});
