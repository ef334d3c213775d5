import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { type ExpressionEnvironment, environment } from "./environment.ts";

/** The types that the expressions of a contract use. */
export interface CelTypes {
  /** Throws if there is no such message, which generated code never asks for. */
  message(typeName: string): DescMessage;
  field(typeName: string, name: string): DescField;
  readonly environment: ExpressionEnvironment;
}

/**
 * Called by generated code; the types are read when the first expression is evaluated.
 *
 * @param descriptors a google.protobuf.FileDescriptorSet in base64, in which oneofs and the JSON names of fields
 * are the keys in TypeScript
 */
export function celTypes(descriptors: string): CelTypes {
  let registry: FileRegistry | undefined;
  let known: ExpressionEnvironment | undefined;
  const read = () => {
    registry ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptors)));
    return registry;
  };
  const message = (typeName: string) => found(read().getMessage(typeName), typeName);
  return {
    message,
    field: (typeName, name) =>
      found(
        message(typeName).fields.find((field) => field.name === name),
        name,
      ),
    get environment() {
      known ??= environment(read());
      return known;
    },
  };
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the types of the contract lack ${name}`);
  return value;
}
