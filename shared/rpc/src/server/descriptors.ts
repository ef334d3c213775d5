import {
  create,
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  fromJsonString,
  toJsonString,
} from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSet as protocolSet } from "@mesh/contracts/protocols/descriptors";

/**
 * Returns the files of the contracts, and those of gRPC's own protocols that the contracts do not bring.
 *
 * @param descriptorSet base64 of a FileDescriptorSet with all imports
 */
export function registryOf(descriptorSet: string): FileRegistry {
  const { file: contracts } = fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet));
  const known = new Set(contracts.flatMap(messageNames));
  const protocols = fromBinary(FileDescriptorSetSchema, base64Decode(protocolSet)).file;
  const own = [...protocols, ...protocols.map(renamed)].filter(
    (file) => !messageNames(file).some((one) => known.has(one)),
  );
  const file = [...contracts, ...new Map(own.map((one) => [one.name, one])).values()];
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

function messageNames({ package: name, messageType }: FileDescriptorProto): string[] {
  return messageType.map((message) => `${name}.${message.name}`);
}

/** A file of the protocol under its earlier name; other files stay as they are. */
function renamed(file: FileDescriptorProto): FileDescriptorProto {
  const json = toJsonString(FileDescriptorProtoSchema, file);
  return fromJsonString(FileDescriptorProtoSchema, json.replace(/grpc[./]reflection[./]v1(?=[./"])/g, "$&alpha"));
}
