import type { DescMethod } from "@bufbuild/protobuf";
import type { ComparedContracts } from "../compared-contracts.ts";

/** A method that exists in both versions. */
export interface MethodPair {
  readonly old: DescMethod;
  readonly now: DescMethod;
  readonly before: ComparedContracts;
  readonly after: ComparedContracts;
}

/** Returns the name of a method for the output: `OrderService.GetOrder`. */
export function methodLabel(method: DescMethod): string {
  return `${method.parent.name}.${method.name}`;
}
