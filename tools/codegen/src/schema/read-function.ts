import type { DescMessage } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import { fieldKey } from "../names.ts";
import { property, separated, text } from "../printing.ts";
import { fieldRules, isOneofRequired } from "../rules/field-rules.ts";
import { Site } from "../rules/site.ts";
import { isImplicit, isLegacyRequired } from "./field-schema.ts";

type Member = DescMessage["members"][number];

/** The function that reads the fields of a message that is right. Its names can't clash with any but its own. */
export function readFunction({ members }: DescMessage): Printable {
  if (members.length === 0) return "() => ({})";
  const reads = members.map((member, index) => {
    const key = fieldKey(member);
    const given = `has(o, ${text(key)}) ? o${access(key)} : undefined`;
    return `\n  const v${index} = p[${index}](${given});\n  if (v${index} === no) return no;`;
  });
  const entries = members.flatMap((member, index) =>
    isAlwaysThere(member) ? [`${property(fieldKey(member))}: v${index}`] : [],
  );
  const additions = members.flatMap((member, index) =>
    isAlwaysThere(member) ? [] : [`\n  if (v${index} !== undefined) r${access(fieldKey(member))} = v${index};`],
  );
  const literal = ["{ ", separated(entries), " }"];
  const result =
    additions.length === 0 ? ["return ", literal, ";"] : ["const r = ", literal, ";", additions, "\n  return r;"];
  return ["(o, p, has, no) => {", reads, "\n  ", result, "\n}"];
}

function access(key: string): string {
  const name = property(key);
  return name.startsWith("[") ? name : `.${name}`;
}

/** Whether a message that is right has it in any case. */
function isAlwaysThere(member: Member): boolean {
  if (member.kind === "oneof") return isOneofRequired(member);
  // What is wrong with the rules is reported where the field is printed; here it would be said twice.
  return isImplicit(member) || isLegacyRequired(member) || fieldRules(member, new Site(member, [])).required;
}
