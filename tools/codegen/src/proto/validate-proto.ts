import { createRegistry } from "@bufbuild/protobuf";
import { file_buf_validate_validate as file } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { printFile } from "./print-file.ts";

/** Where contracts import the rules from. */
export const validateProtoName = file.proto.name;

/** The source of buf/validate/validate.proto, as the installed `@bufbuild/protovalidate` knows it. */
export function validateProto(): string {
  return printFile(file.proto, createRegistry(file, ...file.dependencies));
}
