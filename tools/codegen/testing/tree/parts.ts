import { create } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { type Outcome, tryTree } from "./try-tree.ts";

/** How many files are tried at once: what is generated for thousands does not fit into memory, or into a compiler's. */
const partSize = 250;

/**
 * Tries a tree part by part, each with what it imports.
 *
 * @param repository where the generated code finds what it imports
 * @param tell is told each step as it begins
 */
export async function tryInParts(
  request: CodeGeneratorRequest,
  repository: string,
  tell: (step: string) => void,
): Promise<Outcome> {
  const parts = partsOf(request);
  let all: Outcome = { files: 0, messages: 0, problems: [], took: {} };
  for (const [index, part] of parts.entries()) {
    const own = part.fileToGenerate;
    const place = `part ${index + 1} of ${parts.length}, ${own[0]} to ${own.at(-1)}`;
    all = both(all, await tryTree(part, repository, (step) => tell(`${place}: ${step}`)));
  }
  return all;
}

/** What is asked for in parts, in the order of paths: files of one folder, mostly of one package, stay beside each other. */
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

/** Files and all that they import, in the order of the whole, which has imports first. */
function withImports(names: readonly string[], all: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(all.map((file) => [file.name, file]));
  const needed = new Set(names);
  // A set grows while it is walked.
  for (const name of needed) for (const imported of byName.get(name)?.dependency ?? []) needed.add(imported);
  return all.filter(({ name }) => needed.has(name));
}

function both(a: Outcome, b: Outcome): Outcome {
  const steps = Object.keys({ ...a.took, ...b.took });
  return {
    files: a.files + b.files,
    messages: a.messages + b.messages,
    // What several parts import is tried with each.
    problems: [...new Set([...a.problems, ...b.problems])],
    took: Object.fromEntries(steps.map((step) => [step, (a.took[step] ?? 0) + (b.took[step] ?? 0)])),
  };
}
