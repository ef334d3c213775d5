import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf, positionOfOption } from "./position.ts";

/** Something in a contract that can't be generated: where it is, what it is, and how to mend it. */
export interface Problem {
  readonly desc: AnyDesc;
  /** One sentence that says what is wrong and what to do. */
  readonly text: string;
  /** The field numbers that lead to the option that is wrong, if it is an option. */
  readonly option?: readonly number[];
  /** Whether it likely follows from another problem: told only if there is no other. */
  readonly isSecondary?: boolean;
}

/** Ends a generation; its message has a line per problem, as buf writes its own: `proto/orders/v1/orders.proto:12:3:…`. */
export class ContractError extends Error {
  override readonly name = "ContractError";

  /** @param folder the folder of the contracts, which their imports do not name: `proto` */
  constructor(problems: readonly Problem[], folder: string) {
    const primary = problems.filter(({ isSecondary }) => !isSecondary);
    const told = primary.length > 0 ? primary : problems;
    super(told.map((problem) => `${folder}/${describe(problem)}`).join("\n"));
  }
}

function describe({ desc, text, option }: Problem): string {
  const { file, line, column } = option && desc.kind !== "file" ? positionOfOption(desc, option) : positionOf(desc);
  return `${file}:${line}:${column}:${text.replaceAll("\n", " ")}`;
}
