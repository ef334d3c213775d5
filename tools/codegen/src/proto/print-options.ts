import type { DescMessage, Message, Registry } from "@bufbuild/protobuf";
import { toText } from "@bufbuild/protobuf/txtpb";

/** The statements for a body: `option java_package = "…";`. */
export function optionStatements(schema: DescMessage, options: Message | undefined, registry: Registry): string[] {
  return settings(schema, options, registry).map((setting) => `option ${setting};`);
}

/** What follows a field, a value or a range: ` [deprecated = true]`; empty: nothing to say. */
export function inlineOptions(
  schema: DescMessage,
  options: Message | undefined,
  registry: Registry,
  first: readonly string[] = [],
): string {
  const all = [...first, ...settings(schema, options, registry)];
  return all.length === 0 ? "" : ` [${all.join(", ")}]`;
}

/** `name = value` for each option that is set, extensions included. */
function settings(schema: DescMessage, options: Message | undefined, registry: Registry): string[] {
  if (!options) return [];
  return topLevelFields(toText(schema, options, { registry })).map((field) => {
    const [, name = "", value = ""] = /^([\w.]+|\[[\w.]+\]):? ([\s\S]*)$/.exec(field) ?? [];
    return `${name.replace("[", "(").replace("]", ")")} = ${value}`;
  });
}

/** Cuts the text format at the fields of the outermost message; what is inside of them is indented. */
function topLevelFields(text: string): string[] {
  const fields: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (/^[\w[]/.test(line)) fields.push(line);
    else fields.push(`${fields.pop()}\n${line}`);
  }
  return fields.filter((field) => field !== "");
}
