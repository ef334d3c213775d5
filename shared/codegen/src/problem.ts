import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf, positionOfOption } from "./position.ts";

/** Something in a contract that can't be generated: where it is, what it is, and how to mend it. */
export interface Problem {
  readonly desc: AnyDesc;
  /** One sentence that says what is wrong and what to do. */
  readonly text: string;
  /** The field numbers that lead to the option that is wrong, if it is an option. */
  readonly option?: readonly number[];
}

/** Ends a generation; its message has a line per problem, as buf writes its own: `orders/v1/orders.proto:12:3:…`. */
export class ContractError extends Error {
  override readonly name = "ContractError";

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
  }
}

function describe({ desc, text, option }: Problem): string {
  const { file, line, column } = option && desc.kind !== "file" ? positionOfOption(desc, option) : positionOf(desc);
  return `${file}:${line}:${column}:${text.replaceAll("\n", " ")}`;
}
