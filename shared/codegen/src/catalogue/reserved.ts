import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { typeName } from "../names.ts";
import type { Problem } from "../problem.ts";

/** Words that no type or value can be called by, and names that ts-proto's code means something by. */
const reserved = new Set(
  `any as async await bigint boolean break case catch class const continue debugger default delete do else enum export
  extends false finally for function if implements import in instanceof interface let never new null number object
  package private protected public return static string super switch symbol this throw true try type typeof undefined
  unknown var void while with yield
  Array BigInt BinaryReader BinaryWriter Infinity Map Math MessageFns NaN Timestamp Uint8Array globalThis`.split(/\s+/),
);

/** Finds names that can't be generated; those of google.protobuf are known to work. */
export function checkReserved(files: readonly DescFile[], problems: Problem[]): void {
  for (const desc of files.filter(({ proto }) => proto.package !== "google.protobuf").flatMap(declarationsOf)) {
    const name = nameOf(desc);
    const text = `${desc} would be ${name} in TypeScript, where that means something else: rename it`;
    if (reserved.has(name)) problems.push({ desc, text });
  }
}

function declarationsOf(file: DescFile): AnyDesc[] {
  return [...nestedTypes(file)].filter(({ kind }) => kind !== "extension");
}

function nameOf(desc: AnyDesc): string {
  return desc.kind === "message" || desc.kind === "enum" ? typeName(desc) : desc.kind === "service" ? desc.name : "";
}
