import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { Edition } from "@bufbuild/protobuf/wkt";
import type { Problem } from "./problem.ts";

/** What is wrong with files as such: neither types nor schemas can be made of them. */
export function unsupported(files: readonly DescFile[]): Problem[] {
  // Those of google.protobuf are known to work.
  const own = files.filter(({ proto }) => proto.package !== "google.protobuf");
  return own.flatMap(syntaxProblems);
}

/** Of proto2 and editions ts-proto gets presence, defaults and delimited messages wrong: they would lose data. */
function syntaxProblems(file: DescFile): Problem[] {
  const isEmpty = declarationsOf(file).length === 0;
  if (file.edition === Edition.EDITION_PROTO3 || isEmpty) return [];
  const syntax = file.proto.syntax === "editions" ? "an edition" : "proto2";
  return [{ desc: file, text: `${syntax} is not supported: write the contract in proto3` }];
}

function declarationsOf(file: DescFile): AnyDesc[] {
  return [...nestedTypes(file)].filter(({ kind }) => kind !== "extension");
}
