import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { defaultOf } from "./default.ts";
import { declarationOf } from "./extensions.ts";
import { fileOf, locationAt, sourcePath } from "./source-info.ts";

/** They mark positions in what we print, so no comment may have any; line breaks are none of them. */
const controlCharacters = /(?!\n)\p{Cc}/gu;

/** A line that speaks to a lint, not to readers. */
const directive = /^(?:mesh:unbounded|buf:lint:ignore)\b/;

/** What the .proto says of something, as documentation of TypeScript. Empty: nothing. */
export function commentOf(desc: Exclude<AnyDesc, DescFile>): string {
  const standard = desc.kind === "field" ? defaultOf(desc) : undefined;
  const tags = [isDeprecated(desc) && "@deprecated", standard !== undefined && `@default ${standard}`].filter(Boolean);
  return [descriptionOf(desc), tags.join("\n")].filter((text) => text !== "").join("\n\n");
}

/** What the .proto says of something: the comment before it or, without one, behind it. Empty: nothing. */
export function descriptionOf(desc: Exclude<AnyDesc, DescFile>): string {
  const declared = declarationOf(desc);
  const { leadingComments, trailingComments } = locationAt(fileOf(declared), sourcePath(declared)) ?? {};
  const lines = (leadingComments || trailingComments || "")
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/^ /, "").trimEnd());
  const told = lines.filter((line) => !directive.test(line));
  return told.join("\n").trim().replace(controlCharacters, " ");
}

function isDeprecated(desc: Exclude<AnyDesc, DescFile>): boolean {
  return "deprecated" in desc && desc.deprecated;
}
