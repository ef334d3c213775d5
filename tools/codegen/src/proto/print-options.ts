import type { DescMessage, Message, Registry } from "@bufbuild/protobuf";
import { toText } from "@bufbuild/protobuf/txtpb";

/** Returns the options as statements of a body: `option java_package = "…";`. */
export function optionStatements(schema: DescMessage, options: Message | undefined, registry: Registry): string[] {
  return settings(schema, options, registry).map((setting) => `option ${setting};`);
}

/** Returns the options after a field, a value or a range: ` [deprecated = true]`; empty if there are none. */
export function inlineOptions(
  schema: DescMessage,
  options: Message | undefined,
  registry: Registry,
  first: readonly string[] = [],
): string {
  const all = [...first, ...settings(schema, options, registry)];
  return all.length === 0 ? "" : ` [${all.join(", ")}]`;
}

/** Returns `name = value` for each option that is set, including extensions. */
function settings(schema: DescMessage, options: Message | undefined, registry: Registry): string[] {
  if (!options) return [];
  return topLevelFields(toText(schema, options, { registry })).map((field) => {
    const [, name = "", value = ""] = /^([\w.]+|\[[\w.]+\]):? ([\s\S]*)$/.exec(field) ?? [];
    return `${name.replace("[", "(").replace("]", ")")} = ${value}`;
  });
}

/** Splits the text format at the fields of the outermost message. The text inside of them is indented. */
function topLevelFields(text: string): string[] {
  const fields: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (/^[\w[]/.test(line)) fields.push(line);
    else fields.push(`${fields.pop()}\n${line}`);
  }
  return fields.filter((field) => field !== "");
}
