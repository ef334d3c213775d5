import { create, createFileRegistry, type DescFile, type FileRegistry, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  CodeGeneratorResponseSchema,
  Edition,
  CodeGeneratorResponse_Feature as Feature,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { createFileContext } from "ts-proto/build/src/context.js";
import { generateFile, makeUtils } from "ts-proto/build/src/main.js";
import { getTsPoetOpts, optionsFromParameter } from "ts-proto/build/src/options.js";
import { createTypeMap } from "ts-proto/build/src/types.js";
import { FileDescriptorProto as TsProtoFile, CodeGeneratorRequest as TsProtoRequest } from "ts-proto-descriptors";
import { addExtensions } from "../extensions.ts";
import { filesToGenerate } from "../files.ts";
import { unsupported } from "../supported.ts";
import { asProto3, commentsWithDefaults, keepComments } from "./as-proto3.ts";
import { findCommentsByPath } from "./comments.ts";
import { delimit } from "./delimited.ts";
import { firstValues } from "./first-values.ts";
import { typesAsSeenFrom } from "./imported-types.ts";
import { layout } from "./layout.ts";
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
  "exportCommonSymbols=false",
].join(",");

/**
 * Types and codecs by ts-proto, mended, for the files that are needed.
 *
 * Option `unchecked`: compilers take the code as it is, as they do declarations of a library. Checking it belongs to the
 * tests of the generator, which leave the option away; with it, a project of 200 services is checked in half of the time.
 */
export const typescriptPlugin: Plugin = { name: "protoc-gen-mesh-types", version: "v0.1.0", run };

function run(request: CodeGeneratorRequest): CodeGeneratorResponse {
  // Where things stand weighs more than all else of a contract, and is told by the other plugin.
  for (const { sourceCodeInfo } of request.protoFile) if (sourceCodeInfo) keepComments(sourceCodeInfo);
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
  addExtensions(registry.files);
  const files = needed(request, registry);
  // What is wrong with them the other plugin tells.
  const isSupported = unsupported(files).length === 0;
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(Feature.PROTO3_OPTIONAL | Feature.SUPPORTS_EDITIONS),
    minimumEdition: Edition.EDITION_PROTO2,
    maximumEdition: Edition.EDITION_2024,
    file: isSupported
      ? typescriptFiles(files, createValidator({ registry, legacyRequired: true })).map(withHead(request))
      : [],
  });
}

/** Puts in front of a file what the options ask for. */
function withHead({ parameter: options }: CodeGeneratorRequest) {
  const head = options.split(",").includes("unchecked") ? "// @ts-nocheck\n" : "";
  return <F extends { readonly content: string }>(file: F): F => ({ ...file, content: head + file.content });
}

function needed({ fileToGenerate }: CodeGeneratorRequest, { files }: FileRegistry): DescFile[] {
  const all = [...files];
  const names = new Set(fileToGenerate);
  return filesToGenerate(
    all.filter(({ proto }) => names.has(proto.name)),
    all,
  );
}

function typescriptFiles(files: readonly DescFile[], validator: Validator) {
  const renamed = renamedFiles(files);
  const plain = files.flatMap((file, index) => (renamed[index] ? asProto3(file, renamed[index]) : []));
  // The descriptors say what everything is called; only of Struct and its like ts-proto knows names by heart.
  const byHeart = optionsFromParameter(parameter);
  const asSaid = optionsFromParameter(`${parameter},snakeToCamel=json`);
  const typeMap = createTypeMap(tsProtoRequest(plain.map(firstValues)), asSaid);
  const context = { utils: makeUtils(asSaid) };
  findCommentsByPath();
  return plain.flatMap((proto, index) => {
    const descriptor = files[index];
    if (!descriptor) return [];
    const options = proto.package === "google.protobuf" ? byHeart : asSaid;
    const file = tsProtoFile({ ...proto, sourceCodeInfo: commentsWithDefaults(descriptor) });
    const [, code] = generateFile(
      {
        ...context,
        typeMap: typesAsSeenFrom(descriptor, typeMap),
        options,
        currentFile: createFileContext(file),
      },
      file,
    );
    const path = `${descriptor.name}.pb.ts`;
    const content = layout(code.toString({ ...getTsPoetOpts(options, "", "", file.name), path, format: false }));
    const mended = delimit(descriptor, mend(path, content));
    return { name: path, content: requireMembers(descriptor, mended, validator) };
  });
}

/** A file in ts-proto's own types: one at a time, as with its comments and all that is printed of it it weighs much. */
function tsProtoFile(proto: FileDescriptorProto): TsProtoFile {
  return TsProtoFile.decode(toBinary(FileDescriptorProtoSchema, proto));
}

/** Files in ts-proto's own types. */
function tsProtoRequest(protoFile: FileDescriptorProto[]): TsProtoRequest {
  return TsProtoRequest.decode(toBinary(CodeGeneratorRequestSchema, create(CodeGeneratorRequestSchema, { protoFile })));
}
