import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf, positionOfOption } from "./position.ts";

/** A part of a contract for which no code can be generated, with its declaration and a text for developers. */
export interface Problem {
  readonly desc: AnyDesc;
  /** One sentence that says what is wrong and what to do. */
  readonly text: string;
  /** The field numbers that lead to the option that is wrong, if it is an option. */
  readonly option?: readonly number[];
  /** True if it probably follows from another problem. It is reported only if there is no other. */
  readonly isSecondary?: boolean;
}

/** Ends a generation. The message has one line per problem, in buf's form: `proto/orders/v1/orders.proto:12:3:…`. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  /** True if all problems probably follow from others, which this part of the generation does not see. */
  readonly isSecondary: boolean;

  /** @param folder the folder of the contracts, which is not part of their import paths: `proto` */
  constructor(problems: readonly Problem[], folder: string) {
    const primary = problems.filter(({ isSecondary }) => !isSecondary);
    const reported = primary.length > 0 ? primary : problems;
    super(reported.map((problem) => `${folder}/${describe(problem)}`).join("\n"));
    this.isSecondary = primary.length === 0;
  }
}

function describe({ desc, text, option }: Problem): string {
  const { file, line, column } = option ? positionOfOption(desc, option) : positionOf(desc);
  return `${file}:${line}:${column}:${text.replaceAll("\n", " ")}`;
}
