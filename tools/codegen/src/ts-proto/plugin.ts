import { create, type DescFile } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  type CodeGeneratorResponse,
  CodeGeneratorResponseSchema,
} from "@bufbuild/protobuf/wkt";
import type { Plugin } from "@bufbuild/protoplugin";
import type { Options } from "ts-proto/build/src/options.js";
import type { CodeGeneratorRequest as TsProtoRequest } from "ts-proto-descriptors";
import { timestampsOf } from "../catalogue/timestamps.ts";
import { type LinkedContracts, readContracts } from "./contracts.ts";
import { pairs } from "./declared.ts";
import { loadTsProto } from "./load-ts-proto.ts";
import { findCommentsByPath } from "./patches/comments-by-path.ts";
import { patchCode, patchRequest, patchTypes } from "./patches.ts";
import { everySyntax } from "./syntax.ts";

/**
 * Types and codecs by ts-proto, with the options in buf.gen.yaml and our patches. Takes the steps of ts-proto's own
 * plugin, which is a program and not a function: build/src/plugin.js.
 */
export const typesPlugin: Plugin = {
  name: "protoc-gen-mesh-types",
  version: "v0.1.0",
  run: (request) => runTypesPlugin(request, { isWanted: () => true }),
};

/** What the plugin needs besides a request. */
export interface TypesContext {
  /** Returns true for the names of the files to generate: requested ones, or those that they use. */
  readonly isWanted: (name: string) => boolean;
  /** The descriptors of the request, if they are linked already. */
  readonly linked?: LinkedContracts | undefined;
}

/** Runs the plugin for some of the files of a request. */
export function runTypesPlugin(
  request: CodeGeneratorRequest,
  { isWanted, linked }: TypesContext,
): CodeGeneratorResponse {
  const tsProto = loadTsProto();
  findCommentsByPath(tsProto);
  const contracts = readContracts(request, linked);
  const input = requestFor(patchRequest(request, contracts));
  const options = tsProto.options.optionsFromParameter(input.parameter);
  const types = tsProto.types.createTypeMap(input, options);
  const formWith = (chosen: Options) => ({ options: chosen, utils: tsProto.main.makeUtils(chosen) });
  const usual = formWith(options);
  const exact = formWith({ ...options, useDate: tsProto.options.DateOption.TIMESTAMP });
  const formOf = (desc: DescFile) => (timestampsOf(desc) === "exact" ? exact : usual);
  const wanted = pairs(contracts.files, input.protoFile).filter(([desc]) => isWanted(desc.proto.name));
  const file = wanted.map(([desc, proto]) => {
    const context = {
      ...formOf(desc),
      typeMap: patchTypes(types, desc),
      currentFile: tsProto.context.createFileContext(proto),
    };
    const [, code] = tsProto.main.generateFile(context, proto);
    const path = `${desc.name}.pb.ts`;
    const { prefix = "" } = tsProto.options.getTsPoetOpts(options, "", "", proto.name);
    // The other options change imports of modules that the code does not use, and take a pass over all of it.
    const text = code.toString({ prefix, path, format: false });
    return { name: path, content: patchCode(text, desc, contracts) };
  });
  return create(CodeGeneratorResponseSchema, { ...everySyntax, file });
}

/**
 * Returns a request as ts-proto reads it. Its descriptors have the same properties with the same values, also those that
 * are not set. To encode and decode them takes longer than to generate their code.
 */
function requestFor(request: CodeGeneratorRequest): TsProtoRequest {
  return request as unknown as TsProtoRequest; // The types of extensions and of unknown fields differ, which are not used.
}
