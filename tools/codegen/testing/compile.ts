import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { runBuf } from "../src/generate/buf.ts";
import { httpProtos } from "../src/proto/http-protos.ts";
import { validateProto, validateProtoName } from "../src/proto/validate-proto.ts";

/** The root of the repository, which contains the options of mesh.v1. */
const root = join(import.meta.dirname, "../../..");
const optionsProto = "mesh/v1/options.proto";

/** Compiles contracts, given as texts by their path. They may import the rules and our options. */
export async function compile(files: Readonly<Record<string, string>>): Promise<FileDescriptorSet> {
  const folder = await mkdtemp(join(tmpdir(), "mesh-codegen-test-"));
  try {
    await write(folder, {
      [validateProtoName]: validateProto(),
      ...(await httpProtos()),
      ...(await withOptions(files)),
    });
    const image = join(folder, "image.binpb");
    const errors = await runBuf(folder, ["build", "--as-file-descriptor-set", "--output", image]);
    if (errors) throw new Error(errors);
    return fromBinary(FileDescriptorSetSchema, await readFile(image));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the request that buf would send to a plugin. */
export async function pluginRequest(files: Readonly<Record<string, string>>): Promise<CodeGeneratorRequest> {
  const { file } = await compile(files);
  const fileToGenerate = Object.keys(files);
  return create(CodeGeneratorRequestSchema, { fileToGenerate, protoFile: file, parameter: "sources=../proto" });
}

async function withOptions(files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const isUsed = Object.values(files).some((source) => source.includes(optionsProto));
  return isUsed ? { [optionsProto]: await readFile(join(root, "proto", optionsProto), "utf8"), ...files } : files;
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
}
