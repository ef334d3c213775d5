/** A finding, with its place in the repository. */
export interface AccessProblem {
  /** The path from the root. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, and how to fix it. */
  readonly text: string;
}
