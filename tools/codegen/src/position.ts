import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import type { SourceCodeInfo_Location } from "@bufbuild/protobuf/wkt";
import { declarationOf } from "./extensions.ts";
import { fileOf, locationAt, sourcePath } from "./source-info.ts";

/** Where something stands in a .proto; line and column count from 1. */
export interface Position {
  /** As contracts import it: `orders/v1/orders.proto`. */
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
const optionsFields = { message: 7, field: 8, extension: 8, oneof: 2, enum: 3, enum_value: 3, service: 3, rpc: 4 };

/** Where something is declared, of a file its syntax; the start of the file where the compiler does not say. */
export function positionOf(desc: AnyDesc): Position {
  if (desc.kind === "file") return position(desc, locationAt(desc, [syntaxField]) ?? locationAt(desc, [editionField]));
  return position(fileOf(desc), locationAt(fileOf(desc), sourcePath(desc)));
}

/** Where the name of a message, a method and so on stands. */
export function positionOfName(named: Declared): Position {
  const desc = declarationOf(named);
  return position(fileOf(desc), locationAt(fileOf(desc), [...sourcePath(desc), nameField]));
}

/** Where an option stands, or what it is a part of: `[(buf.validate.field).string = { … }]` says it for all in it. */
export function positionOfOption(desc: Declared, option: readonly number[]): Position {
  const start = [...sourcePath(desc), optionsFields[desc.kind]];
  for (let length = option.length; length > 0; length--) {
    const found = findWithin(fileOf(desc), [...start, ...option.slice(0, length)]);
    if (found) return position(fileOf(desc), found);
  }
  return positionOf(desc);
}

/** The first thing that stands at a path or within it: of a repeated option, the first of its values. */
function findWithin(file: DescFile, path: readonly number[]): SourceCodeInfo_Location | undefined {
  return file.proto.sourceCodeInfo?.location.find((location) => equal(location.path.slice(0, path.length), path));
}

function position(file: DescFile, location: SourceCodeInfo_Location | undefined): Position {
  const [line = 0, column = 0] = location?.span ?? [];
  return { file: file.proto.name, line: line + 1, column: column + 1 };
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}
