import type { DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import { fileOf, locationAt, sourcePath } from "@mesh/codegen/source-info";

/**
 * Returns the reason of a comment line above a declaration that accepts a finding: `// mesh:unbounded the service limits it`.
 * Undefined if there is no such line; empty if it gives no reason.
 */
export function acceptanceOf(
  name: string,
  desc: DescField | DescMessage | DescMethod | DescService,
): string | undefined {
  const comments = locationAt(fileOf(desc), sourcePath(desc))?.leadingComments ?? "";
  return new RegExp(`^\\s*mesh:${name}\\b[ \\t]*(.*)$`, "m").exec(comments)?.[1]?.trim();
}
