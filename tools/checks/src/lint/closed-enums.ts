import { type DescField, type DescFile, type DescMessage, type FileRegistry, getOption } from "@bufbuild/protobuf";
import { type FieldRules, field as fieldExtension } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { eventsOf } from "@mesh/codegen/catalogue/event";
import { MeshOptions } from "@mesh/codegen/catalogue/options";
import type { Problem } from "@mesh/codegen/problem";
import { acceptanceOf } from "../contracts/acceptance.ts";

/**
 * Lists the enums in events that accept declared values only. A consumer that was built before a value was added would dead-letter the events
 * that have it.
 *
 * @param isOwn returns true for files that can be changed here
 */
export function closedEnums(registry: FileRegistry, isOwn: (file: DescFile) => boolean): Problem[] {
  const options = new MeshOptions(registry);
  const events = [...registry.files].flatMap((file) => eventsOf(file, options).map(({ message }) => message));
  const reached = new Set<DescMessage>(events);
  // Iterating over a set includes the items that are added meanwhile, so nested messages are visited too.
  for (const message of reached) for (const field of message.fields) if (field.message) reached.add(field.message);
  return [...reached].filter(({ file }) => isOwn(file)).flatMap(({ fields }) => fields.flatMap(problemsOf));
}

function problemsOf(field: DescField): Problem[] {
  const isClosed = enumRulesOf(getOption(field, fieldExtension)).some((rules) => rules.definedOnly);
  const reason = isClosed ? acceptanceOf("closed", field) : undefined;
  if (!isClosed || reason) return [];
  if (reason === "") return [{ desc: field, text: `mesh:closed on ${field.name} has no reason: add one` }];
  const effect = "consumers of an older version dead-letter events with a value that is added later";
  const fix = "remove the rule, or comment // mesh:closed <reason>";
  return [{ desc: field, text: `${field.parent.name}.${field.name} of an event has defined_only: ${effect}: ${fix}` }];
}

/** Returns the rules for the enums of a field: its own, and those of its items or values. */
function enumRulesOf(rules: FieldRules | undefined): { readonly definedOnly: boolean }[] {
  switch (rules?.type.case) {
    case "enum":
      return [rules.type.value];
    case "repeated":
      return enumRulesOf(rules.type.value.items);
    case "map":
      return enumRulesOf(rules.type.value.values);
    default:
      return [];
  }
}
