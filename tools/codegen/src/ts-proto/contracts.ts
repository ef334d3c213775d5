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

/** Linked descriptors of all files of a request, with the extensions of each message among its fields. */
export interface LinkedContracts {
  readonly all: readonly DescFile[];
  readonly validator: Validator;
}

/** Links the descriptors of a request. */
function linkContracts({ protoFile }: CodeGeneratorRequest): LinkedContracts {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: protoFile }));
  addExtensions(registry.files);
  return { all: [...registry.files], validator: createValidator({ registry, legacyRequired: true }) };
}

/** Reads the contracts of a request. @param linked the descriptors of the request, if they are linked already */
export function readContracts(request: CodeGeneratorRequest, linked = linkContracts(request)): Contracts {
  const { all, validator } = linked;
  const names = new Set(request.fileToGenerate);
  const needed = filesToGenerate(
    all.filter(({ proto }) => names.has(proto.name)),
    all,
  );
  const files = unsupported(needed).length === 0 ? needed : [];
  return { files, validator };
}
