import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { JsonSchema } from "./schema.ts";

/** The surroundings in which the schema of a message is made. */
export interface Scope {
  /** True if no rule applies, because the message is the value of a field with IGNORE_ALWAYS. */
  readonly isUnchecked: boolean;
  /** Returns a reference to a message or an enum. */
  reference(desc: DescMessage | DescEnum, isUnchecked?: boolean): JsonSchema;
  /** Returns the names of the members of a message whose absence breaks a rule. */
  needed(message: DescMessage): ReadonlySet<string>;
  /** True for what the gateway reads, false for what it writes. */
  readonly isRequest: boolean;
}
