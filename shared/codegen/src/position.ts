import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";

/** Where something stands in a .proto; line and column count from 1. */
export interface Position {
  /** As contracts import it: `orders/v1/orders.proto`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The number of the field `name` in the descriptor of a message, a method and so on. */
const nameField = 1;

/** Where something is declared; the start of its file where the compiler does not say. */
export function positionOf(desc: AnyDesc): Position {
  if (desc.kind === "file") return { file: desc.proto.name, line: 1, column: 1 };
  return at(fileOf(desc), getComments(desc).sourcePath);
}

/** Where the name of a message, a method and so on stands. */
export function positionOfName(desc: Exclude<AnyDesc, DescFile>): Position {
  return at(fileOf(desc), [...getComments(desc).sourcePath, nameField]);
}

function at(file: DescFile, path: readonly number[]): Position {
  const found = file.proto.sourceCodeInfo?.location.find((location) => equal(location.path, path));
  const [line = 0, column = 0] = found?.span ?? [];
  return { file: file.proto.name, line: line + 1, column: column + 1 };
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

function fileOf(desc: Exclude<AnyDesc, DescFile>): DescFile {
  return "file" in desc ? desc.file : desc.parent.file;
}
