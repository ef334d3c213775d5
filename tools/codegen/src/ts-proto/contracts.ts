import { create, createFileRegistry, type DescFile } from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { addExtensions } from "../extensions.ts";
import { filesToGenerate } from "../files.ts";
import { unsupported } from "../supported.ts";

/** The contracts of a request. */
export interface Contracts {
  /** The files to generate types for. There are none if one is not supported, which the other plugin reports. */
  readonly files: readonly DescFile[];
  readonly validator: Validator;
}

/** Reads the contracts of a request, with the extensions of each message among its fields. */
export function readContracts({ fileToGenerate, protoFile }: CodeGeneratorRequest): Contracts {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: protoFile }));
  addExtensions(registry.files);
  const all = [...registry.files];
  const names = new Set(fileToGenerate);
  const needed = filesToGenerate(
    all.filter(({ proto }) => names.has(proto.name)),
    all,
  );
  const files = unsupported(needed).length === 0 ? needed : [];
  return { files, validator: createValidator({ registry, legacyRequired: true }) };
}
