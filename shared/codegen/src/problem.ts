import type { AnyDesc } from "@bufbuild/protobuf";
import { positionOf } from "./position.ts";

/** Something in a contract that can't be generated: where it is, what it is, and how to mend it. */
export interface Problem {
  readonly desc: AnyDesc;
  /** One sentence that says what is wrong and what to do. */
  readonly text: string;
}

/** Ends a generation; its message has a line per problem, as buf writes its own: `orders/v1/orders.proto:12:3:…`. */
export class ContractError extends Error {
  override readonly name = "ContractError";

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join("\n"));
  }
}

function describe({ desc, text }: Problem): string {
  const { file, line, column } = positionOf(desc);
  return `${file}:${line}:${column}:${text}`;
}
