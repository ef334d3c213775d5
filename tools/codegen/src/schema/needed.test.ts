import { clone, createFileRegistry, type FileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { expect, test } from "vitest";
import { compile } from "../../testing/compile.ts";
import { corpusProto } from "../../testing/corpus-proto.ts";
import type { Problem } from "../problem.ts";
import { messagesOf } from "../ts-proto/declared.ts";
import { neededMembers } from "./needed.ts";

const contract = `syntax = "proto3";
package p.v1;
import "buf/validate/validate.proto";
message Text { string value = 1 [(buf.validate.field).string.min_len = 1]; }
message OptionalText { optional string value = 1 [(buf.validate.field).string.min_len = 1]; }
message Bytes { bytes value = 1 [(buf.validate.field).bytes.min_len = 1]; }
message Same { string name = 1 [(buf.validate.field).string.min_len = 1]; string value = 2; }
message Required { optional string value = 1 [(buf.validate.field).required = true]; }
message RequiredMember { oneof choice { string value = 1 [(buf.validate.field).required = true]; } }
message Member { oneof choice { string value = 1 [(buf.validate.field).string.min_len = 1]; } }
message Count { oneof choice { int64 value = 1 [(buf.validate.field).required = true]; } }
message SameCount { oneof choice { int64 value = 1 [(buf.validate.field).required = true]; } }
message Number { int32 value = 1 [(buf.validate.field).cel_expression = "string(this) != '0'"]; }
message Name { string value = 1 [(buf.validate.field).cel_expression = "string(this) != '0'"]; }
message Named {
  option (buf.validate.message).oneof = { fields: ["value", "other"] };
  string value = 1 [(buf.validate.field).string.min_len = 1];
  string other = 2;
}
enum Zero { ZERO_UNSPECIFIED = 0; }
enum One { option allow_alias = true; ONE_UNSPECIFIED = 0; ONE = 0; }
message Zeros { Zero value = 1 [(buf.validate.field).enum.not_in = 0]; }
message Ones { One value = 1 [(buf.validate.field).enum.not_in = 0]; }
message RequiredText { Text value = 1 [(buf.validate.field).required = true]; }
message RequiredBytes { Bytes value = 1 [(buf.validate.field).required = true]; }
message Texts { repeated Text value = 1 [(buf.validate.field).repeated.min_items = 1]; }
message ManyBytes { repeated Bytes value = 1 [(buf.validate.field).repeated.min_items = 1]; }
`;

/**
 * Returns the needed members of messages. One descriptor is judged once only, so each call needs another registry.
 *
 * @param step 1: each message; 2: each second one
 * @param validatorFor returns the validator for the next message
 */
function namesIn(registry: FileRegistry, step: number, validatorFor: () => Validator): Record<string, string[]> {
  const files = [...registry.files].filter(({ proto }) => !/^(?:google|buf)\./.test(proto.package));
  const messages = files.flatMap(messagesOf).filter((_, index) => index % step === 0);
  return Object.fromEntries(
    messages.map((message) => [message.typeName, [...neededMembers(message, validatorFor(), [])].sort()]),
  );
}

const newValidator = (registry: FileRegistry) => createValidator({ registry, legacyRequired: true });

test("fields whose rules are equal need the same", async () => {
  const registry = createFileRegistry(await compile({ "p/v1/p.proto": contract }));
  const validator = newValidator(registry);
  expect(namesIn(registry, 1, () => validator)).toEqual({
    "p.v1.Text": ["value"],
    "p.v1.OptionalText": [],
    "p.v1.Bytes": ["value"],
    "p.v1.Same": ["name"],
    "p.v1.Required": ["value"],
    "p.v1.RequiredMember": ["choice"],
    "p.v1.Member": [],
    "p.v1.Count": ["choice"],
    "p.v1.SameCount": ["choice"],
    "p.v1.Number": ["value"],
    "p.v1.Name": [],
    "p.v1.Named": [],
    "p.v1.Zeros": ["value"],
    "p.v1.Ones": ["value"],
    "p.v1.RequiredText": ["value"],
    "p.v1.RequiredBytes": ["value"],
    "p.v1.Texts": ["value"],
    "p.v1.ManyBytes": ["value"],
  });
});

test("rules for another type of message are a problem, also if they are right for a field that was judged before", async () => {
  const text = `syntax = "proto3";
    package p.v1;
    import "buf/validate/validate.proto";
    import "google/protobuf/timestamp.proto";
    message Right { google.protobuf.Timestamp value = 1 [(buf.validate.field).timestamp.lt_now = true]; }
    message Wrong { Right value = 1 [(buf.validate.field).timestamp.lt_now = true]; }`;
  const registry = createFileRegistry(await compile({ "p/v1/p.proto": text }));
  const validator = newValidator(registry);
  const problems: Problem[] = [];
  const messages = [...registry.files].filter(({ proto }) => proto.package === "p.v1").flatMap(messagesOf);
  for (const message of messages) neededMembers(message, validator, problems);
  expect(problems.map(({ desc }) => desc.kind === "message" && desc.name)).toEqual(["Wrong"]);
});

test("a message needs the same, whatever was asked of others before", async () => {
  const set = await compile(corpusProto().files);
  const one = createFileRegistry(set);
  const other = createFileRegistry(clone(FileDescriptorSetSchema, set));
  const validator = newValidator(one);
  const names = namesIn(one, 1, () => validator);
  // A validator takes long to make, so not each message gets one.
  const alone = namesIn(other, 30, () => newValidator(other));
  expect(Object.values(alone).flat().length).toBeGreaterThan(3);
  expect(names).toMatchObject(alone);
});
