import type { AnyDesc, DescFile } from "@bufbuild/protobuf";
import { defaultOf } from "./default.ts";
import { declarationOf } from "./extensions.ts";
import { locationOf } from "./source-info.ts";

/** Control characters except line breaks. They mark positions in printed code, so no comment may contain one. */
const controlCharacters = /(?!\n)\p{Cc}/gu;

/** A line for a lint, not for readers. */
const directive = /^(?:mesh:[a-z-]+|buf:lint:ignore)\b/;

/** Returns the comment of a declaration as documentation for TypeScript, with its tags; empty if there is none. */
export function commentOf(desc: Exclude<AnyDesc, DescFile>): string {
  const standard = desc.kind === "field" ? defaultOf(desc) : undefined;
  const tags = [isDeprecated(desc) && "@deprecated", standard !== undefined && `@default ${standard}`].filter(Boolean);
  return [descriptionOf(desc), tags.join("\n")].filter((text) => text !== "").join("\n\n");
}

/** Returns the comment before a declaration or, without one, the comment after it; empty if there is none. */
export function descriptionOf(desc: Exclude<AnyDesc, DescFile>): string {
  const declared = declarationOf(desc);
  const description = descriptions.get(declared) ?? readDescription(declared);
  descriptions.set(declared, description);
  return description;
}

const descriptions = new WeakMap<AnyDesc, string>();

function readDescription(declared: Exclude<AnyDesc, DescFile>): string {
  const { leadingComments, trailingComments } = locationOf(declared) ?? {};
  const lines = (leadingComments || trailingComments || "")
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/^ /, "").trimEnd());
  const kept = lines.filter((line) => !directive.test(line));
  return kept.join("\n").trim().replace(controlCharacters, " ");
}

function isDeprecated(desc: Exclude<AnyDesc, DescFile>): boolean {
  return "deprecated" in desc && desc.deprecated;
}
