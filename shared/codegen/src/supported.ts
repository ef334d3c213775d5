import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { Edition } from "@bufbuild/protobuf/wkt";
import { typeName } from "./names.ts";
import type { Problem } from "./problem.ts";

/** Words that no type or value can be called by, and names that ts-proto's code means something by. */
const reserved = new Set(
  `any as async await bigint boolean break case catch class const continue debugger default delete do else enum export
  extends false finally for function if implements import in instanceof interface let never new null number object
  package private protected public return static string super switch symbol this throw true try type typeof undefined
  unknown var void while with yield
  Array BigInt BinaryReader BinaryWriter Infinity Map Math MessageFns NaN Timestamp Uint8Array globalThis`.split(/\s+/),
);

/** What is wrong with files as such: neither types nor schemas can be made of them. */
export function unsupported(files: readonly DescFile[]): Problem[] {
  // Those of google.protobuf are known to work.
  const own = files.filter(({ proto }) => proto.package !== "google.protobuf");
  return own.flatMap((file) => [...syntaxProblems(file), ...nameProblems(file)]);
}

/** Of proto2 and editions ts-proto gets presence, defaults and delimited messages wrong: they would lose data. */
function syntaxProblems(file: DescFile): Problem[] {
  const isEmpty = declarationsOf(file).length === 0;
  if (file.edition === Edition.EDITION_PROTO3 || isEmpty) return [];
  const syntax = file.proto.syntax === "editions" ? "an edition" : "proto2";
  return [{ desc: file, text: `${syntax} is not supported: write the contract in proto3` }];
}

function nameProblems(file: DescFile): Problem[] {
  return declarationsOf(file).flatMap((desc) => {
    const name = nameOf(desc);
    if (!reserved.has(name)) return [];
    return { desc, text: `${desc} would be ${name} in TypeScript, where that means something else: rename it` };
  });
}

function declarationsOf(file: DescFile): AnyDesc[] {
  return [...nestedTypes(file)].filter(({ kind }) => kind !== "extension");
}

function nameOf(desc: AnyDesc): string {
  if (desc.kind === "message" || desc.kind === "enum") return typeName(desc);
  return desc.kind === "service" ? desc.name : "";
}
