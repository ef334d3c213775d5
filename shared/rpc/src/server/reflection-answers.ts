import { type FileRegistry, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { codes } from "@mesh/contracts";
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from "@mesh/contracts/protocols/grpc/reflection/v1/index";

type Answer = NonNullable<ServerReflectionResponse["messageResponse"]>;

/** Returns the answer to a request of the reflection service. @param listed the full names of the services to list */
export function answerTo(
  { messageRequest }: ServerReflectionRequest,
  registry: FileRegistry,
  listed: readonly string[],
): Answer {
  switch (messageRequest?.$case) {
    case "listServices":
      return { $case: "listServicesResponse", value: { service: listed.map((name) => ({ name })) } };
    case "fileByFilename":
      return answerWith(registry, registry.getFile(messageRequest.value)?.proto);
    case "fileContainingSymbol":
      return answerWith(registry, fileOf(registry, messageRequest.value));
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = messageRequest.value;
      const extension = extensionsOf(registry, containingType).find(({ number }) => number === extensionNumber);
      return answerWith(registry, extension?.file.proto);
    }
    case "allExtensionNumbersOfType": {
      const extensionNumber = extensionsOf(registry, messageRequest.value).map(({ number }) => number);
      return { $case: "allExtensionNumbersResponse", value: { baseTypeName: messageRequest.value, extensionNumber } };
    }
    case undefined:
      return { $case: "errorResponse", value: { errorCode: codes.UNIMPLEMENTED, errorMessage: "an unknown question" } };
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

function answerWith(registry: FileRegistry, file: FileDescriptorProto | undefined): Answer {
  if (!file) return { $case: "errorResponse", value: { errorCode: codes.NOT_FOUND, errorMessage: "not found" } };
  const files = withImports(registry, file);
  const fileDescriptorProto = [...files].map((one) => toBinary(FileDescriptorProtoSchema, one));
  return { $case: "fileDescriptorResponse", value: { fileDescriptorProto } };
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
