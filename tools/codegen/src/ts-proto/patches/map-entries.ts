import { assertOutput, type Patch } from "../patch.ts";

/** The statements that read an entry of a map: it is kept if it has a value. */
const reading = /( *)const (entry\d+) = (\w+)\.decode\(.*\n *if \(\2\.value !== undefined ?\) \{\n *(.*;\n) *\}\n/g;
/** A codec. */
const codec = /^export const (\w+): MessageFns<\1> = \{\n(?:.*\n)*? {0,2}\};$/gm;
/** The statement that reads a message which is the value of an entry. */
const messageValue = /^ *(message\.value = .*\.decode\(reader, )reader\.uint32\(\)(\).*;)$/m;
const level = "__tsProtoDecodeDepth = previousRecursionDepth + 1;";

/**
 * Keeps an entry of a map without its value: the value is the default, as protobuf requires. ts-proto drops the entry if
 * its value is a message. An entry is no level of nesting, as in other implementations.
 */
export const mapEntries: Patch = {
  code(code, file) {
    if (!code.includes("entry")) return code;
    const entries = new Set([...code.matchAll(reading)].map(([, , , name]) => name));
    const kept = code.replace(reading, (text, indent: string, entry: string, _name: string, set: string) => {
      const always = set.replace(`, ${entry}.value);`, `, ${entry}.value!);`);
      return `${text.slice(0, text.indexOf("\n"))}\n${indent}${always}`;
    });
    assertOutput(!/\bentry\d+\.value !==/.test(kept), file, "the entry of a map is read in another way");
    return kept.replace(codec, (text, name: string) => (entries.has(name) ? withDefault(text) : text));
  },
};

function withDefault(entryCodec: string): string {
  const [, read, rest] = messageValue.exec(entryCodec) ?? [];
  const flat = entryCodec.replace(level, level.replace(" + 1", ""));
  if (read === undefined) return flat;
  // A message of no bytes is the default. The statement also stays as it is in the patch `merge`.
  const empty = `      if (message.value === undefined) {\n        ${read}0${rest}\n      }\n`;
  const end = flat.lastIndexOf("      return message;\n");
  return flat.slice(0, end) + empty + flat.slice(end);
}
