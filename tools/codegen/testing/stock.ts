import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse_File,
  CodeGeneratorResponseSchema,
} from "@bufbuild/protobuf/wkt";
import { onTestFinished } from "vitest";
import { readContracts } from "../src/ts-proto/contracts.ts";
import type { Patch } from "../src/ts-proto/patch.ts";
import { uncheckedLine } from "../src/ts-proto/patches/unchecked.ts";
import { typesPlugin } from "../src/ts-proto/plugin.ts";
import { pluginRequest } from "./compile.ts";
import { compilerErrors } from "./compiler-errors.ts";
import { writeGenerated } from "./generated.ts";
import { tsProtoOptions } from "./run-plugins.ts";

const repository = join(import.meta.dirname, "../../..");

/** Encodes and decodes the messages of one type. */
export interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Record<string, unknown>;
}

/** The output of a generator for a contract. */
export interface Output {
  /** The code of `p/v1/p.proto`. */
  readonly code: string;
  /** The codec of a message in `p/v1/p.proto`, imported from the code. */
  codec(message: string): Promise<Codec>;
  /** The errors of a compiler that checks the code; empty if there are none. */
  compilerErrors(): Promise<string>;
}

/** A contract, as the file `p/v1/p.proto`, with other files that it imports. */
type Contract = readonly [source: string, imported?: Readonly<Record<string, string>>];

/** Runs ts-proto's own program on a contract, with the options in buf.gen.yaml. */
export async function stock(...contract: Contract): Promise<Output> {
  return output(await runTsProto(await requestFor(contract)));
}

/** Runs our plugin on a contract, with the options in buf.gen.yaml. */
export async function patched(...contract: Contract): Promise<Output> {
  return output(typesPlugin.run(await requestFor(contract)).file);
}

/** Applies one patch to code that a later version of ts-proto might print. */
export async function apply(
  patch: Patch,
  code: string,
  contract = 'syntax = "proto3"; package p.v1; message M {}',
): Promise<string | undefined> {
  const contracts = readContracts(await requestFor([contract]));
  const file = contracts.files.find(({ name }) => name === "p/v1/p");
  return file && patch.code?.(code, file, contracts);
}

const requests = new Map<string, Promise<CodeGeneratorRequest>>();

/** Returns the request for a contract, which is compiled once. */
function requestFor(contract: Contract): Promise<CodeGeneratorRequest> {
  const key = JSON.stringify(contract);
  const request = requests.get(key) ?? compiled(contract);
  requests.set(key, request);
  return request;
}

async function compiled([source, imported]: Contract): Promise<CodeGeneratorRequest> {
  const request = await pluginRequest({ "p/v1/p.proto": source, ...imported });
  const used = request.protoFile.map(({ name }) => name).filter((name) => /^google\/protobuf\/(?!desc)/.test(name));
  const fileToGenerate = [...new Set([...request.fileToGenerate, ...used])];
  return { ...request, fileToGenerate, parameter: tsProtoOptions(repository) };
}

async function runTsProto(request: CodeGeneratorRequest): Promise<CodeGeneratorResponse_File[]> {
  const folder = dirname(createRequire(import.meta.url).resolve("ts-proto/package.json"));
  const child = spawn(process.execPath, [join(folder, "protoc-gen-ts_proto")], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(toBinary(CodeGeneratorRequestSchema, request));
  return fromBinary(CodeGeneratorResponseSchema, await buffer(child.stdout)).file;
}

function output(files: readonly CodeGeneratorResponse_File[]): Output {
  const checked = files.map(({ name, content }) => ({ name, content: content.replace(uncheckedLine, "") }));
  return {
    code: files.find(({ name }) => name === "p/v1/p.pb.ts")?.content ?? "",
    async codec(message) {
      const codecs: Record<string, Codec> = await import(join(await written(checked), "p/v1/p.pb.ts"));
      const codec = codecs[message];
      if (!codec) throw new Error(`${message} was not generated`);
      return codec;
    },
    compilerErrors: async () => compilerErrors(await written(checked)),
  };
}

async function written(files: readonly { name: string; content: string }[]): Promise<string> {
  const { folder, dispose } = await writeGenerated(files);
  onTestFinished(dispose);
  return folder;
}
