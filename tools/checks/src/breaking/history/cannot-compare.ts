import { CommandError } from "../../command.ts";

/** The error for a comparison that is impossible. Its message gives the reason and the fix. */
export class CannotCompare extends CommandError {
  override readonly name = "CannotCompare";
}
