import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { declarationOf } from "./extensions.ts";
import { fileOf, locationAt, locationOf, locationsOf, type SourceLocation, sourcePath } from "./source-info.ts";

/** A position in a .proto. Line and column count from 1. */
export interface Position {
  /** The path by which contracts import the file: `orders/v1/orders.proto`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type Declared = Exclude<AnyDesc, DescFile>;

/** The number of the field `name` in the descriptor of a message, a method and so on. */
const nameField = 1;
/** The numbers of the fields `syntax` and `edition` in the descriptor of a file. */
const syntaxField = 12;
const editionField = 14;
/** The number of the field `options` in each kind of descriptor. Source: google/protobuf/descriptor.proto */
const optionsFields = {
  message: 7,
  field: 8,
  extension: 8,
  oneof: 2,
  enum: 3,
  enum_value: 3,
  service: 3,
  rpc: 4,
  file: 8,
};

/** Returns the position of a declaration, or of a file's syntax. Without source info it is the start of the file. */
export function positionOf(desc: AnyDesc): Position {
  if (desc.kind === "file") return position(desc, locationAt(desc, [syntaxField]) ?? locationAt(desc, [editionField]));
  return position(fileOf(desc), locationOf(desc));
}

/** Returns the position of the name of a message, a method and so on. */
export function positionOfName(named: Declared): Position {
  const desc = declarationOf(named);
  return position(fileOf(desc), locationOf(desc, nameField));
}

/**
 * Returns the position of an option, or of the option that contains it: in `[(buf.validate.field).string = { … }]`
 * only the outer one has a position.
 */
export function positionOfOption(desc: AnyDesc, option: readonly number[]): Position {
  const [file, path] = desc.kind === "file" ? [desc, []] : [fileOf(desc), sourcePath(desc)];
  for (let length = option.length; length > 0; length--) {
    const found = findWithin(file, [...path, optionsFields[desc.kind], ...option.slice(0, length)]);
    if (found) return position(file, found);
  }
  return positionOf(desc);
}

/** Returns the first location at a path or within it: of a repeated option, that of its first value. */
function findWithin(file: DescFile, path: readonly number[]): SourceLocation | undefined {
  const start = path.join(".");
  const [, found] = [...locationsOf(file.proto)].find(([one]) => one === start || one.startsWith(`${start}.`)) ?? [];
  return found;
}

function position(file: DescFile, location: SourceLocation | undefined): Position {
  const [line = 0, column = 0] = location?.span ?? [];
  return { file: file.proto.name, line: line + 1, column: column + 1 };
}
