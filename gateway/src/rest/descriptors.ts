import { createFileRegistry, type DescField, type DescMessage, fromBinary, type Registry } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { MessageType } from "@mesh/contracts";

/** Reads a descriptor set in base64. Done once, when the gateway starts. */
export function readDescriptors(descriptorSet: string): Registry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
}

/** Returns the descriptor of a message. @throws Error if no contract has it */
export function descriptorOf(registry: Registry, { typeName }: MessageType<unknown>): DescMessage {
  const desc = registry.getMessage(typeName);
  if (!desc) throw new Error(`${typeName} is not in a contract`);
  return desc;
}

const byName = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** Finds a field by its name in the .proto or in JSON. */
export function fieldNamed(message: DescMessage, name: string): DescField | undefined {
  const known = byName.get(message);
  if (known) return known.get(name);
  const { fields } = message;
  const all = new Map([
    ...fields.map((field) => [field.jsonName, field] as const),
    ...fields.map((field) => [field.name, field] as const),
  ]);
  byName.set(message, all);
  return all.get(name);
}

/** Returns a message and all that can be in it, at any depth. */
export function messagesIn(desc: DescMessage): ReadonlySet<DescMessage> {
  const reached = new Set([desc]);
  // Iterating a set includes the elements that are added meanwhile.
  for (const each of reached) for (const { message } of each.fields) if (message) reached.add(message);
  return reached;
}

/** Returns the fields of a dotted path, each in the message of the one before; undefined if one does not exist. */
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
