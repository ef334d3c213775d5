import { buffer } from "node:stream/consumers";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import { readDescriptor } from "./source-info.ts";

/**
 * Runs a plugin on the request of buf on standard input. Unlike the runner of protoplugin, it reads each file once: buf
 * sends all files a second time with options for generators, which these plugins do not use.
 */
export async function runPlugin(plugin: Plugin): Promise<void> {
  try {
    const request = readRequest(await buffer(process.stdin));
    const response = toBinary(CodeGeneratorResponseSchema, plugin.run(request));
    process.stdout.write(response);
  } catch (error) {
    process.stderr.write(`${plugin.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Reads a request: the files without their second copies. */
export function readRequest(bytes: Uint8Array): CodeGeneratorRequest {
  const { protoFile: files, sourceFileDescriptors: sources } = CodeGeneratorRequestSchema.field;
  const protoFile: FileDescriptorProto[] = [];
  const reader = new BinaryReader(bytes);
  const rest = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    if (field === files.number) protoFile.push(readDescriptor(reader.bytes()));
    else {
      reader.skip(wireType, field);
      if (field !== sources.number) rest.raw(bytes.subarray(start, reader.pos));
    }
  }
  return { ...fromBinary(CodeGeneratorRequestSchema, rest.finish()), protoFile };
}
