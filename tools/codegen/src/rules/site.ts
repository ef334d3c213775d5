import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";

/** The number of (buf.validate.message), (buf.validate.oneof) and (buf.validate.field). */
const ruleExtension = 1159;

/** Where rules stand, for what is wrong with them. */
export class Site {
  readonly desc: DescField | DescMessage | DescOneof;
  readonly #problems: Problem[];
  /** The field numbers that lead from the options to the rules. */
  readonly #path: readonly number[];

  constructor(desc: Site["desc"], problems: Problem[], path: readonly number[] = [ruleExtension]) {
    this.desc = desc;
    this.#problems = problems;
    this.#path = path;
  }

  /** The site of rules within these: those of the items of a list. */
  within(...path: readonly number[]): Site {
    return new Site(this.desc, this.#problems, [...this.#path, ...path]);
  }

  /** Reports something wrong; generation goes on, to find the rest, and fails at the end. */
  report(text: string): void {
    this.#problems.push({ desc: this.desc, text, option: this.#path });
  }

  /** Reports a rule that the generator can't translate. */
  unsupported(rule: string, instead = "express it by other rules, or check it in the service"): void {
    this.report(`the rule ${rule} on ${this.desc.name} is not supported: ${instead}`);
  }
}
