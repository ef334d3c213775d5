import { buffer } from "node:stream/consumers";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { CodeGeneratorRequestSchema, CodeGeneratorResponseSchema } from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";

/**
 * Runs a plugin on the request of buf on standard input. Unlike the runner of protoplugin, it reads each file once: buf
 * sends all files a second time with options for generators, which these plugins do not use.
 */
export async function runPlugin(plugin: Plugin): Promise<void> {
  try {
    const request = fromBinary(CodeGeneratorRequestSchema, withoutSources(await buffer(process.stdin)));
    const response = toBinary(CodeGeneratorResponseSchema, plugin.run(request));
    process.stdout.write(response);
  } catch (error) {
    process.stderr.write(`${plugin.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Removes the second copies of the files from a request. */
export function withoutSources(request: Uint8Array): Uint8Array {
  const { number: sources } = CodeGeneratorRequestSchema.field.sourceFileDescriptors;
  const reader = new BinaryReader(request);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
    if (field !== sources || wireType !== WireType.LengthDelimited) writer.raw(request.subarray(start, reader.pos));
  }
  return writer.finish();
}
