import { create, createFileRegistry, type DescFile, type FileRegistry, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  CodeGeneratorResponseSchema,
  Edition,
  CodeGeneratorResponse_Feature as Feature,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { createFileContext } from "ts-proto/build/src/context.js";
import { generateFile, makeUtils } from "ts-proto/build/src/main.js";
import { getTsPoetOpts, optionsFromParameter } from "ts-proto/build/src/options.js";
import { createTypeMap } from "ts-proto/build/src/types.js";
import { CodeGeneratorRequest as TsProtoRequest } from "ts-proto-descriptors";
import { filesToGenerate } from "../files.ts";
import { unsupported } from "../supported.ts";
import { mend } from "./mend.ts";
import { renamedFiles } from "./rename.ts";
import { requireMembers } from "./required.ts";

/** How ts-proto is told to type messages; the schemas and the `…Input` types follow it. */
const parameter = [
  "fileSuffix=.pb",
  "importSuffix=.ts",
  "forceLong=bigint",
  "oneof=unions-value",
  "useOptionals=messages",
  "useExactTypes=false",
  "useUnknownForValue=true",
  "enumsAsLiterals=true",
  "unrecognizedEnum=false",
  "outputServices=none",
  "outputClientImpl=false",
  "outputJsonMethods=false",
  "outputPartialMethods=false",
  "emitImportedFiles=false",
  "annotateFilesWithVersion=false",
].join(",");

/** Types and codecs by ts-proto, mended, for the files that are needed. */
export const typescriptPlugin: Plugin = { name: "protoc-gen-mesh-types", version: "v0.1.0", run };

function run(request: CodeGeneratorRequest): CodeGeneratorResponse {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
  const files = needed(request, registry);
  // What is wrong with them the other plugin tells.
  const isSupported = unsupported([...files.values()]).length === 0;
  const protoFile = renamedFiles(registry);
  const asked = TsProtoRequest.decode(toBinary(CodeGeneratorRequestSchema, { ...request, protoFile }));
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(Feature.PROTO3_OPTIONAL | Feature.SUPPORTS_EDITIONS),
    minimumEdition: Edition.EDITION_PROTO2,
    maximumEdition: Edition.EDITION_2024,
    file: isSupported ? typescriptFiles(asked, files, createValidator({ registry })) : [],
  });
}

function needed(request: CodeGeneratorRequest, registry: FileRegistry): Map<string, DescFile> {
  const all = [...registry.files];
  const asked = all.filter((file) => request.fileToGenerate.includes(file.proto.name));
  return new Map(filesToGenerate(asked, all).map((file) => [file.proto.name, file]));
}

function typescriptFiles(request: TsProtoRequest, descriptors: ReadonlyMap<string, DescFile>, validator: Validator) {
  // The descriptors say what everything is called; only of Struct and its like ts-proto knows names by heart.
  const byHeart = optionsFromParameter(parameter);
  const asSaid = optionsFromParameter(`${parameter},snakeToCamel=json`);
  const context = { typeMap: createTypeMap(request, asSaid), utils: makeUtils(asSaid) };
  return request.protoFile.flatMap((file) => {
    const descriptor = descriptors.get(file.name);
    if (!descriptor) return [];
    const options = file.package === "google.protobuf" ? byHeart : asSaid;
    const [path, code] = generateFile({ ...context, options, currentFile: createFileContext(file) }, file);
    const content = code.toString({ ...getTsPoetOpts(options, "", "", file.name), path });
    return { name: path, content: requireMembers(descriptor, mend(path, content), validator) };
  });
}
