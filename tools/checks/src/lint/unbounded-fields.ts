import type { DescField, DescFile, DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Problem } from "@mesh/codegen/problem";
import { acceptanceOf } from "../contracts/acceptance.ts";
import { missingBounds } from "./missing-bounds.ts";

/**
 * Lists the fields of unlimited size that external callers can send: lists, maps, strings and bytes in the requests of
 * exposed methods, and in the messages within them.
 *
 * @param isOwn returns true for files that can be changed here. Fields of other files, such as google/type/*.proto, are
 *   not checked.
 */
export function unboundedFields(registry: FileRegistry, isOwn: (file: DescFile) => boolean): Problem[] {
  const options = new MeshOptions(registry);
  const methods = [...registry.files].flatMap((file) => file.services.flatMap((service) => service.methods));
  const exposed = methods.filter((method) => options.method(method)?.gateway);
  const reached = new Set(exposed.map(({ input }) => input));
  // Iterating over a set includes the items that are added meanwhile, so nested messages are visited too.
  for (const message of reached) for (const nested of messagesIn(message)) reached.add(nested);
  return [...reached].filter((message) => isOwn(message.file)).flatMap(({ fields }) => fields.flatMap(problemsOf));
}

function messagesIn(message: DescMessage): DescMessage[] {
  const isOfProtobuf = message.file.proto.package === "google.protobuf";
  return isOfProtobuf ? [] : message.fields.flatMap((field) => field.message ?? []);
}

function problemsOf(field: DescField): Problem[] {
  const reason = acceptanceOf("unbounded", field);
  if (reason) return [];
  if (reason === "") return [{ desc: field, text: `mesh:unbounded on ${field.name} has no reason: add one` }];
  return missingBounds(field).map(({ what, rule }) => {
    const fix = rule ? `set ${rule}` : "use a message of your own";
    const text = `the ${what} in ${field.parent.name}.${field.name} has no bound: ${fix}, or comment // mesh:unbounded <reason>`;
    return { desc: field, text };
  });
}
