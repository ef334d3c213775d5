import { create } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { type Outcome, tryTree } from "./try-tree.ts";

/** The number of files in a part: code for thousands of files does not fit into memory, nor into that of a compiler. */
const partSize = 250;

/**
 * Tries a tree in parts, each with the files that it imports.
 *
 * @param repository the folder whose packages the generated code imports
 * @param onStep called at the start of each step
 */
export async function tryInParts(
  request: CodeGeneratorRequest,
  repository: string,
  onStep: (step: string) => void,
): Promise<Outcome> {
  const parts = partsOf(request);
  let all: Outcome = { files: 0, messages: 0, problems: [], took: {} };
  for (const [index, part] of parts.entries()) {
    const own = part.fileToGenerate;
    const title = `part ${index + 1} of ${parts.length}, ${own[0]} to ${own.at(-1)}`;
    all = both(all, await tryTree(part, repository, (step) => onStep(`${title}: ${step}`)));
  }
  return all;
}

/** Splits a request into parts in the order of paths, so that files of one folder mostly stay together. */
export function partsOf({ fileToGenerate, protoFile, parameter }: CodeGeneratorRequest): CodeGeneratorRequest[] {
  const names = [...fileToGenerate].sort();
  return Array.from({ length: Math.ceil(names.length / partSize) }, (_, index) => {
    const own = names.slice(index * partSize, (index + 1) * partSize);
    return create(CodeGeneratorRequestSchema, {
      fileToGenerate: own,
      protoFile: withImports(own, protoFile),
      parameter,
    });
  });
}

/** Returns files and all that they import, in the order of the request, in which imports come first. */
function withImports(names: readonly string[], all: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(all.map((file) => [file.name, file]));
  const needed = new Set(names);
  // Iterating a set includes the elements that are added meanwhile.
  for (const name of needed) for (const imported of byName.get(name)?.dependency ?? []) needed.add(imported);
  return all.filter(({ name }) => needed.has(name));
}

function both(a: Outcome, b: Outcome): Outcome {
  const steps = Object.keys({ ...a.took, ...b.took });
  return {
    files: a.files + b.files,
    messages: a.messages + b.messages,
    // A file that several parts import is tried in each of them.
    problems: [...new Set([...a.problems, ...b.problems])],
    took: Object.fromEntries(steps.map((step) => [step, (a.took[step] ?? 0) + (b.took[step] ?? 0)])),
  };
}
