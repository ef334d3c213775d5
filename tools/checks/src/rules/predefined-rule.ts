import { getExtension, getOption, type Message, type Registry } from "@bufbuild/protobuf";
import { predefined } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { valueText } from "./rule-value.ts";

/** Finds the predefined rules that are new, or whose value or definition changed. */
export function changedPredefined(
  was: Message | undefined,
  is: Message,
  before: Registry,
  after: Registry,
): { readonly is: string; readonly was: string }[] {
  const numbers = new Set(is.$unknown?.map(({ no }) => no));
  return [...numbers].flatMap((number) => {
    const old = was && useOf(was, number, before);
    const now = useOf(is, number, after);
    if (old?.bytes === now.bytes && old.meaning === now.meaning) return [];
    const isRedefined = old?.bytes === now.bytes;
    return [{ is: isRedefined ? `${now.text}, redefined` : now.text, was: old?.bytes ? old.text : "" }];
  });
}

/** Lists the predefined rules that a field uses: `most 8`. Contracts define them as extensions. */
export function predefinedUses(rules: Message, registry: Registry): { readonly text: string }[] {
  return [...new Set(rules.$unknown?.map(({ no }) => no))].map((number) => useOf(rules, number, registry));
}

function useOf(rules: Message, number: number, registry: Registry) {
  const uses = rules.$unknown?.filter(({ no }) => no === number) ?? [];
  const bytes = uses.map(({ data }) => Buffer.from(data).toString("hex")).join(" ");
  const schema = registry.getMessage(rules.$typeName);
  const extension = schema && registry.getExtensionFor(schema, number);
  if (!extension) return { bytes, meaning: "", text: `extension ${number}` };
  const meaning = getOption(extension, predefined)
    .cel.map(({ expression }) => expression)
    .join("\n");
  return { bytes, meaning, text: `${extension.name} ${valueText(getExtension(rules, extension))}` };
}
