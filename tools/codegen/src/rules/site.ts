import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import { FieldRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Problem } from "../problem.ts";

/** The number of (buf.validate.message), (buf.validate.oneof) and (buf.validate.field), which is the same. */
const ruleExtension = 1159;

/** The source location of rules, which reports problems with them. */
export class Site {
  readonly desc: DescField | DescMessage | DescOneof;
  readonly #problems: Problem[];
  /** The path from the options to the rules, by field numbers. */
  readonly #path: readonly number[];

  constructor(desc: Site["desc"], problems: Problem[], path: readonly number[] = [ruleExtension]) {
    this.desc = desc;
    this.#problems = problems;
    this.#path = path;
  }

  /** Returns the site of rules within these, such as those of the items of a list. */
  within(...path: readonly number[]): Site {
    return new Site(this.desc, this.#problems, [...this.#path, ...path]);
  }

  /** The path of rules of a field, in the form of protovalidate, without an extension at its end: `repeated.items.cel[0]`. */
  get rulePath(): string {
    let schema: DescMessage | undefined = FieldRulesSchema;
    let path = "";
    for (const step of this.#path.slice(1)) {
      const field: DescField | undefined = schema?.fields.find(({ number }) => number === step);
      if (field) path += `${path && "."}${field.name}`;
      else if (!schema) path += `[${step}]`;
      schema = field?.fieldKind === "list" ? undefined : field?.message;
    }
    return path;
  }

  /** The number of problems that are reported, here and elsewhere. */
  get problemCount(): number {
    return this.#problems.length;
  }

  /** Reports a problem. The generation continues, to find others, and fails at the end. */
  report(text: string): void {
    this.#problems.push({ desc: this.desc, text, option: this.#path });
  }

  /** Reports a rule that the generator can't translate. */
  unsupported(rule: string, instead = "express it by other rules, or check it in the service"): void {
    this.report(`the rule ${rule} on ${this.desc.name} is not supported: ${instead}`);
  }
}
