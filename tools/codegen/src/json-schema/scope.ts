import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { JsonSchema } from "./schema.ts";

/** What the schema of a message is made within. */
export interface Scope {
  /** Whether no rule counts here: the message is the value of a field that says IGNORE_ALWAYS. */
  readonly isUnchecked: boolean;
  /** A reference to a message or an enum. */
  reference(desc: DescMessage | DescEnum, isUnchecked?: boolean): JsonSchema;
  /** The names of the members of a message whose absence breaks a rule. */
  needed(message: DescMessage): ReadonlySet<string>;
  /** Whether the message may have no other properties than its fields. */
  isClosed(message: DescMessage): boolean;
}
