import {
  create,
  type DescExtension,
  type DescFile,
  getExtension,
  getOption,
  hasOption,
  type Message,
} from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import type { Printable } from "@bufbuild/protoplugin";
import {
  type FieldRules,
  FieldRulesSchema,
  predefined as predefinedExtension,
  type Rule,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { ReadRules } from "../rules/field-rules.ts";
import type { Site } from "../rules/site.ts";
import { ruleValueLiteral } from "./rule-value.ts";

/** A use of a rule that a contract defines as an extension of StringRules or the like. */
export interface Predefined {
  readonly rule: Rule;
  readonly extension: DescExtension;
  /** The value of the rule on the field. */
  readonly value: Printable;
  /** Rules of the field with only this one. */
  readonly alone: FieldRules;
  readonly site: Site;
}

/** Returns the predefined rules among the rules of one kind. Reports those that can't be used. */
export function predefinedRules(read: ReadRules, file: DescFile): Predefined[] {
  const { typed } = read;
  const numbers = new Set(typed?.rules.$unknown?.map(({ no }) => no));
  if (!typed) return [];
  return [...numbers].flatMap((number) => {
    const site = typed.site.within(number);
    const extension = extensionOf(file, typed.rules, number);
    if (extension) return uses(extension, typed.rules, typed.kind, file, site);
    site.unsupported(`${typed.kind} by extension ${number}`, "import the file that defines it");
    return [];
  });
}

function uses(extension: DescExtension, rules: Message, kind: string, file: DescFile, site: Site): Predefined[] {
  const value = ruleValueLiteral(extension, getExtension(rules, extension), file);
  return getOption(extension, predefinedExtension).cel.map((rule) => {
    if (/\brules\b/.test(rule.expression))
      site.unsupported(`${extension.name} that reads other rules`, "use rule alone");
    return { rule, extension, value, alone: alone(rules, kind, extension.number), site };
  });
}

/** Returns the extension with a number, if the file imports it, directly or not. */
function extensionOf(file: DescFile, rules: Message, number: number): DescExtension | undefined {
  for (const one of imported(file)) {
    for (const type of nestedTypes(one)) {
      const isIt = type.kind === "extension" && type.number === number && type.extendee.typeName === rules.$typeName;
      if (isIt) return type;
    }
  }
  return undefined;
}

/** Returns the files of the messages that are values of rules which a file may use. */
export function ruleValueFiles(file: DescFile): DescFile[] {
  return [...imported(file)].flatMap((one) => {
    return [...nestedTypes(one)].flatMap((type) => {
      const isRule = type.kind === "extension" && hasOption(type, predefinedExtension);
      return isRule && type.message ? [type.message.file] : [];
    });
  });
}

function imported(file: DescFile, known = new Set<DescFile>()): Set<DescFile> {
  if (known.has(file)) return known;
  known.add(file);
  for (const dependency of file.dependencies) imported(dependency, known);
  return known;
}

function alone(rules: Message, kind: string, number: number): FieldRules {
  const field = FieldRulesSchema.fields.find(({ name }) => name === kind);
  if (!field?.message) return create(FieldRulesSchema);
  const value: Message = create(field.message);
  value.$unknown = (rules.$unknown ?? []).filter(({ no }) => no === number);
  return create(FieldRulesSchema, { type: { case: field.localName, value } as never }); // The value is of the field's type.
}
