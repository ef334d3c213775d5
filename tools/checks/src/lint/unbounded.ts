import type { DescField, DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { procedureKind } from "@mesh/codegen/catalogue/method";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Problem } from "@mesh/codegen/problem";
import { locationAt, sourcePath } from "@mesh/codegen/source-info";
import { unboundedIn } from "./bounds.ts";

/** A line above a field that says why it may be as big as it is: `// mesh:unbounded pages are cut by the service`. */
const acceptance = /^\s*mesh:unbounded\b[ \t]*(.*)$/m;

/**
 * Lists what callers from outside may send that has no bound: lists, maps, texts and bytes in the requests of exposed
 * methods, and in the messages within them.
 *
 * @param isOwn whether a file is ours to mend; others, such as google/type/*.proto, are not looked at
 */
export function unboundedFields(registry: FileRegistry, isOwn: (file: DescFile) => boolean): Problem[] {
  const options = new MeshOptions(registry);
  const methods = [...registry.files].flatMap((file) => file.services.flatMap((service) => service.methods));
  const exposed = methods.filter((method) => procedureKind(method, options) !== undefined);
  const reached = new Set(exposed.map(({ input }) => input));
  // A set grows while it is walked, so the messages that are added are walked too.
  for (const message of reached) for (const part of messagesIn(message)) reached.add(part);
  return [...reached].filter((message) => isOwn(message.file)).flatMap(({ fields }) => fields.flatMap(problemsOf));
}

function messagesIn(message: DescMessage): DescMessage[] {
  const isOfProtobuf = message.file.proto.package === "google.protobuf";
  return isOfProtobuf ? [] : message.fields.flatMap((field) => field.message ?? []);
}

function problemsOf(field: DescField): Problem[] {
  const [line, reason = ""] =
    acceptance.exec(locationAt(field.parent.file, sourcePath(field))?.leadingComments ?? "") ?? [];
  if (line !== undefined && reason.trim() !== "") return [];
  if (line !== undefined) return [{ desc: field, text: `mesh:unbounded on ${field.name} gives no reason: write why` }];
  return unboundedIn(field).map(({ what, mend }) => ({
    desc: field,
    text: `the ${what} in ${field.parent.name}.${field.name} has no bound: say ${mend}, or // mesh:unbounded and why`,
  }));
}
