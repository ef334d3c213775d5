import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type MethodDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import {
  defineService,
  type MessageType,
  type MethodKind,
  type ServiceDefinition,
  type ServiceTypes,
} from "@mesh/contracts";
import { z } from "zod";

/** What a .proto file of gRPC's own says. */
export interface FileInit {
  /** As others import it: `grpc/health/v1/health.proto`. */
  readonly name: string;
  /** Its protobuf package. */
  readonly package: string;
  readonly messages: readonly DescriptorProto[];
  /** Its service, where it has one. */
  readonly service?: { readonly name: string; readonly methods: readonly MethodDescriptorProto[] };
}

/** A .proto file that was written down in code. */
export interface ProtocolFile {
  readonly proto: FileDescriptorProto;
  /** A message by its name in the file. T says what the file says of it; what a caller leaves out is the default. */
  message<T extends object>(name: string): MessageType<T, Partial<T>>;
}

/** Reads a .proto file that was written down in code. */
export function protocolFile(init: FileInit): ProtocolFile {
  const { name: serviceName, methods } = init.service ?? {};
  const service = serviceName ? [{ name: serviceName, method: [...(methods ?? [])] }] : [];
  const { name, package: packageName, messages } = init;
  const fileInit = { name, package: packageName, syntax: "proto3", messageType: [...messages], service };
  const proto = create(FileDescriptorProtoSchema, fileInit);
  const registry = createFileRegistry(proto, () => undefined);
  return {
    proto,
    message: (messageName) => messageOf(registry.getMessage(`${packageName}.${messageName}`)),
  };
}

function messageOf<T extends object>(desc: DescMessage | undefined): MessageType<T, Partial<T>> {
  if (!desc) throw new Error("the file has no such message");
  return {
    typeName: desc.typeName,
    schema: z.any(), // These protocols have no rules.
    encode: (message) => toBinary(desc, create(desc, Object.fromEntries(Object.entries(message)))),
    // What the file says of the message, T says again; protobuf-es has read it by the file.
    decode: (bytes) => fromBinary(desc, bytes) as unknown as T,
  };
}

/** The service of a file, whose methods are named in TypeScript as in the file but for the first letter. */
export function protocolService<T extends ServiceTypes>(file: ProtocolFile): ServiceDefinition<T> {
  const { package: packageName, service } = file.proto;
  const [only] = service;
  if (!only) throw new Error(`${file.proto.name} has no service`);
  const methods = only.method.map((method) => [localName(method.name), methodOf(file, method)] as const);
  return defineService<T>(`${packageName}.${only.name}`, Object.fromEntries(methods));
}

function methodOf(file: ProtocolFile, method: MethodDescriptorProto) {
  return {
    name: method.name,
    kind: kindOf(method),
    input: file.message<object>(lastWord(method.inputType)),
    output: file.message<object>(lastWord(method.outputType)),
    idempotency: "no_side_effects",
    deadlineMs: undefined,
    gateway: undefined,
    errors: undefined,
    http: [],
  } as const;
}

function kindOf({ clientStreaming, serverStreaming }: MethodDescriptorProto): MethodKind {
  if (clientStreaming) return serverStreaming ? "bidi_streaming" : "client_streaming";
  return serverStreaming ? "server_streaming" : "unary";
}

function localName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function lastWord(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}
