/** Ends a comparison that can't be made; its message says why, and how to mend it. */
export class CannotCompare extends Error {
  override readonly name = "CannotCompare";
}
