import type { DescField } from "@bufbuild/protobuf";
import { locationAt, sourcePath } from "@mesh/codegen/source-info";

/**
 * Returns the reason of a comment line above a field that accepts a finding: `// mesh:unbounded the service limits it`.
 * Undefined if there is no such line; empty if it gives no reason.
 */
export function acceptanceOf(name: string, field: DescField): string | undefined {
  const comments = locationAt(field.parent.file, sourcePath(field))?.leadingComments ?? "";
  return new RegExp(`^\\s*mesh:${name}\\b[ \\t]*(.*)$`, "m").exec(comments)?.[1]?.trim();
}
