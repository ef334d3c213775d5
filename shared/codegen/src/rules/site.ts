import type { DescField, DescMessage, DescOneof } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";

/** Where rules stand, for what is wrong with them. */
export class Site {
  readonly #problems: Problem[];
  readonly desc: DescField | DescMessage | DescOneof;

  constructor(desc: DescField | DescMessage | DescOneof, problems: Problem[]) {
    this.desc = desc;
    this.#problems = problems;
  }

  /** Reports something wrong; generation goes on, to find the rest, and fails at the end. */
  report(text: string): void {
    this.#problems.push({ desc: this.desc, text });
  }

  /** Reports a rule that the generator can't translate. */
  unsupported(rule: string): void {
    this.report(
      `the rule ${rule} on ${this.desc.name} is not supported: express it with standard rules or check it in the service`,
    );
  }
}
