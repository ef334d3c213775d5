import { CommandError } from "@mesh/codegen/command";

/** The error for a comparison that is impossible. Its message gives the reason and the fix. */
export class CannotCompare extends CommandError {
  override readonly name = "CannotCompare";
}
