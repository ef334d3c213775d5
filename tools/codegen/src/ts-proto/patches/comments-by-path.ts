import type SourceInfo from "ts-proto/build/src/sourceInfo.js";
import type { SourceDescription } from "ts-proto/build/src/sourceInfo.js";
import type { TsProto } from "../load-ts-proto.ts";

const none: SourceDescription = { span: [], leadingComments: "", trailingComments: "", leadingDetachedComments: [] };

/** The comments of one element of a file, and of the elements in it. */
class Comments implements SourceDescription {
  readonly span;
  readonly leadingComments;
  readonly trailingComments;
  readonly leadingDetachedComments;
  readonly #byPath: ReadonlyMap<string, SourceDescription>;
  readonly #path: string;

  constructor(byPath: ReadonlyMap<string, SourceDescription>, path: string) {
    const own = byPath.get(path) ?? none;
    this.span = own.span;
    this.leadingComments = own.leadingComments;
    this.trailingComments = own.trailingComments;
    this.leadingDetachedComments = own.leadingDetachedComments;
    this.#byPath = byPath;
    this.#path = path;
  }

  lookup(type: number, index?: number): SourceDescription {
    return this.#byPath.get(this.#pathOf(type, index)) ?? none;
  }

  open(type: number, index: number): Comments {
    return new Comments(this.#byPath, this.#pathOf(type, index));
  }

  #pathOf(...steps: (number | undefined)[]): string {
    return [this.#path, ...steps].filter((step) => step !== undefined && step !== "").join(".");
  }
}

/**
 * Lets ts-proto find a comment by its path. ts-proto filters all comments of a file for each of its messages, which takes
 * a minute and a half for a file of 2,000 messages. It has no option for that, and reads comments nowhere else.
 */
export function findCommentsByPath({ sourceInfo }: TsProto): void {
  sourceInfo.default.fromDescriptor = ({ sourceCodeInfo }) => {
    const byPath = new Map(sourceCodeInfo?.location.map((location) => [location.path.join("."), location]));
    // The class of ts-proto has private fields, so no other can have its type. Only the members above are used of it.
    return new Comments(byPath, "") as unknown as SourceInfo;
  };
}
