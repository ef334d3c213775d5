import { createRegistry } from "@bufbuild/protobuf";
import { file_buf_validate_validate as file } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { printFile } from "./print-file.ts";

/** The path by which contracts import the rules. */
export const validateProtoName = file.proto.name;

/** Returns the source of buf/validate/validate.proto, in the version of the installed `@bufbuild/protovalidate`. */
export function validateProto(): string {
  return printFile(file.proto, createRegistry(file, ...file.dependencies));
}
