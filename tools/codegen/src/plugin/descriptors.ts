import { create, toBinary } from "@bufbuild/protobuf";
import { base64Encode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { text } from "../printing.ts";
import { withoutComments } from "../source-info.ts";
import type { Generation } from "./generation.ts";

/** Generates `descriptors.js`: all contracts and their imports, without comments, for gRPC reflection. */
export function generateDescriptors({ schema }: Generation): void {
  const file = schema.proto.protoFile.map(withoutComments);
  const bytes = toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
  schema.generateFile("descriptors.js").print("export const descriptorSet = ", text(base64Encode(bytes)), ";");
  const about = "/** A google.protobuf.FileDescriptorSet of all contracts and their imports, in base64. */\n";
  schema.generateFile("descriptors.d.ts").print(about, "export declare const descriptorSet: string;");
}
