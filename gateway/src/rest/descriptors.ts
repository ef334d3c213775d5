import { createFileRegistry, type DescField, type DescMessage, fromBinary, type Registry } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { MessageType } from "@mesh/contracts";
import { descriptorSet } from "@mesh/contracts/descriptors";

/** The descriptors of all messages of the contracts; read once, when the gateway starts. */
export function readDescriptors(): Registry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
}

/** The descriptor of a message. @throws Error where it is of no contract */
export function descriptorOf(registry: Registry, { typeName }: MessageType<unknown>): DescMessage {
  const desc = registry.getMessage(typeName);
  if (!desc) throw new Error(`${typeName} is in no contract`);
  return desc;
}

/** A field of a message by its name in the .proto or in JSON. */
export function fieldNamed({ fields }: DescMessage, name: string): DescField | undefined {
  return fields.find((field) => field.name === name) ?? fields.find((field) => field.jsonName === name);
}

/** The fields that a dotted path leads through, each in the message before; undefined: it leads nowhere. */
export function fieldsAt(message: DescMessage, path: string): readonly DescField[] | undefined {
  let inside: DescMessage | undefined = message;
  const fields: DescField[] = [];
  for (const name of path.split(".")) {
    const field: DescField | undefined = inside && fieldNamed(inside, name);
    if (!field) return undefined;
    fields.push(field);
    inside = field.fieldKind === "message" ? field.message : undefined;
  }
  return fields;
}
