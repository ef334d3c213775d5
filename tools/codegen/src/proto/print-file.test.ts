import { createFileRegistry, createRegistry, fromBinary, type Registry, toBinary, toJson } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { file_buf_validate_validate as shipped } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { printFile } from "./print-file.ts";
import { validateProto, validateProtoName } from "./validate-proto.ts";

/** Returns a file without its source info. */
function bare(file: FileDescriptorProto | undefined): FileDescriptorProto {
  if (!file) throw new Error("the file was not compiled");
  const copy = fromBinary(FileDescriptorProtoSchema, toBinary(FileDescriptorProtoSchema, file));
  delete copy.sourceCodeInfo;
  return copy;
}

/** Returns the JSON of a file, with options that are extensions under their name. */
function json(file: FileDescriptorProto, registry: Registry): object {
  return Object(toJson(FileDescriptorProtoSchema, file, { registry }));
}

async function compiled(name: string, source: string) {
  const set = await compile({ [name]: source });
  return { file: bare(set.file.find((file) => file.name === name)), registry: createFileRegistry(set) };
}

test("validate.proto compiles to the descriptor that protovalidate ships", async () => {
  const { file, registry } = await compiled(validateProtoName, validateProto());
  const [ours, theirs] = [json(file, registry), json(bare(shipped.proto), registry)];
  // The shipped descriptor omits the syntax proto2, which is the default.
  expect({ ...ours, syntax: "" }).toEqual({ ...theirs, syntax: "" });
});

const sources = {
  proto2: `syntax = "proto2";
package p.v1;
import "google/protobuf/descriptor.proto";
option java_package = "a\\"b";
extend google.protobuf.FieldOptions { repeated Note notes = 50001; optional string word = 50002 [default = "x\\ny"]; }
message Note { optional string text = 1 [default = "quote \\" and \\\\"]; repeated int32 n = 2; optional Note note = 3; }
message M {
  required int64 a = 1 [(notes) = {text: "one"}, (notes) = {n: [1, 2] note: {text: "two"}}, (word) = "w", deprecated = true];
  optional bytes b = 2 [default = "\\000\\377"];
  optional double c = 3 [default = inf];
  optional E e = 4 [default = TWO];
  map<string, M> m = 5;
  oneof o { string s = 6; M n = 7; }
  reserved 20, 30 to 40;
  reserved "old", "older";
  extensions 100 to 199, 1000 to max;
  enum E { option allow_alias = true; ONE = 1; TWO = 2; ZWEI = 2; reserved 5, 10 to max; reserved "DREI"; }
}`,
  proto3: `syntax = "proto3";
package q.v1;
message A { optional string a = 1; repeated int32 b = 2 [packed = false]; oneof c { bool d = 3; } string e = 4 [json_name = "E"]; }
service S {
  rpc One(A) returns (stream A) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Two(stream A) returns (A) { option deprecated = true; }
}`,
};

test.each(Object.entries(sources))(
  "a file in %s compiles to the descriptor that it was printed from",
  async (_, source) => {
    const name = "p/v1/p.proto";
    const { file, registry } = await compiled(name, source);
    const again = await compiled(name, printFile(file, createRegistry(...registry.files)));
    expect(printFile(again.file, again.registry)).toBe(printFile(file, registry));
    expect(json(again.file, again.registry)).toEqual(json(file, registry));
  },
);

test("groups and editions can't be printed", async () => {
  const { file, registry } = await compiled("p/v1/p.proto", 'syntax = "proto2"; message M { optional group G = 1 {} }');
  expect(() => printFile(file, registry)).toThrow("g is a group");
  const editions = await compiled("p/v1/p.proto", 'edition = "2023"; message M {}');
  expect(() => printFile(editions.file, editions.registry)).toThrow("uses editions");
});
