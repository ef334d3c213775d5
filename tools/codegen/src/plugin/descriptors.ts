import { BinaryWriter, base64Encode, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { text } from "../printing.ts";
import { bytesWithoutComments } from "../source-info.ts";
import type { Generation } from "./generation.ts";

/** Generates `descriptors.js`: all contracts and their imports, without comments, for gRPC reflection. */
export function generateDescriptors({ schema }: Generation): void {
  const writer = new BinaryWriter();
  const { number } = FileDescriptorSetSchema.field.file;
  for (const file of schema.proto.protoFile) {
    writer.tag(number, WireType.LengthDelimited).bytes(bytesWithoutComments(file));
  }
  const set = base64Encode(writer.finish());
  schema.generateFile("descriptors.js").print("export const descriptorSet = ", text(set), ";");
  const about = "/** A google.protobuf.FileDescriptorSet of all contracts and their imports, in base64. */\n";
  schema.generateFile("descriptors.d.ts").print(about, "export declare const descriptorSet: string;");
}
