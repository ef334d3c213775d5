import { createFileRegistry, type FileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { codes } from "@mesh/contracts";
import { healthFile } from "../protocol/health.ts";
import { type ReflectionAnswer, type ReflectionRequest, reflectionProtocol } from "../protocol/reflection.ts";
import { type Implementation, implement } from "./implement.ts";

const versions = [reflectionProtocol("v1"), reflectionProtocol("v1alpha")];
const ownFiles = [healthFile.proto, ...versions.map(({ file }) => file.proto)];

/**
 * Tells tools such as `buf curl` what a server offers, in both versions of the protocol.
 *
 * @param descriptorSet base64 of a FileDescriptorSet with all imports
 * @param services the full names of the services to list
 */
export function reflectionServices(descriptorSet: string, services: readonly string[]): Implementation[] {
  let registry: FileRegistry | undefined; // Read when first asked for: it takes a while, and most servers never are.
  const listed = [...services, ...versions.map(({ service }) => service.typeName)];
  return versions.map(({ service }) =>
    implement(service, {
      async *serverReflectionInfo(requests) {
        registry ??= registryOf(descriptorSet);
        for await (const request of requests) {
          const messageResponse = answer(registry, listed, request);
          yield { validHost: request.host, originalRequest: request, messageResponse };
        }
      },
    }),
  );
}

function registryOf(descriptorSet: string): FileRegistry {
  const set = fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet));
  const own = ownFiles.filter(({ name }) => !set.file.some((file) => file.name === name));
  return createFileRegistry({ ...set, file: [...set.file, ...own] });
}

function answer(
  registry: FileRegistry,
  listed: readonly string[],
  { messageRequest }: ReflectionRequest,
): ReflectionAnswer {
  switch (messageRequest.case) {
    case "listServices":
      return { case: "listServicesResponse", value: { service: listed.map((name) => ({ name })) } };
    case "fileByFilename":
      return fileAnswer(registry, registry.getFile(messageRequest.value)?.proto);
    case "fileContainingSymbol":
      return fileAnswer(registry, fileOf(registry, messageRequest.value));
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = messageRequest.value;
      const extension = extensionsOf(registry, containingType).find(({ number }) => number === extensionNumber);
      return fileAnswer(registry, extension?.file.proto);
    }
    case "allExtensionNumbersOfType": {
      const extensionNumber = extensionsOf(registry, messageRequest.value).map(({ number }) => number);
      return { case: "allExtensionNumbersResponse", value: { baseTypeName: messageRequest.value, extensionNumber } };
    }
    case undefined:
      return { case: "errorResponse", value: { errorCode: codes.UNIMPLEMENTED, errorMessage: "an unknown question" } };
    default:
      return messageRequest satisfies never;
  }
}

/** A symbol may also be a method, a field or an enum value: then the file of what it is part of has it. */
function fileOf(registry: FileRegistry, symbol: string): FileDescriptorProto | undefined {
  const parent = symbol.slice(0, Math.max(0, symbol.lastIndexOf(".")));
  return (registry.get(symbol) ?? registry.get(parent))?.file.proto;
}

function extensionsOf(registry: FileRegistry, typeName: string) {
  return [...registry]
    .filter((type) => type.kind === "extension")
    .filter((type) => type.extendee.typeName === typeName);
}

function fileAnswer(registry: FileRegistry, file: FileDescriptorProto | undefined): ReflectionAnswer {
  if (!file) return { case: "errorResponse", value: { errorCode: codes.NOT_FOUND, errorMessage: "not found" } };
  const files = withImports(registry, file);
  const fileDescriptorProto = [...files].map((one) => toBinary(FileDescriptorProtoSchema, one));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

/** A file and all it imports, itself first. */
function withImports(registry: FileRegistry, file: FileDescriptorProto, found = new Set<FileDescriptorProto>()) {
  found.add(file);
  for (const name of file.dependency) {
    const imported = registry.getFile(name)?.proto;
    if (imported && !found.has(imported)) withImports(registry, imported, found);
  }
  return found;
}
