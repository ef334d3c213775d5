import type { Contracts } from "../contract/contracts.ts";
import type { Draft } from "../draft.ts";

/** What a generator works with. */
export interface Workshop {
  readonly draft: Draft;
  readonly contracts: Contracts;
  readonly answers: Readonly<Record<string, string>>;
}

/** What is to be done beside writing the draft. */
export interface Plan {
  /** A service that is new: its packages are to be linked. */
  readonly newService?: string;
  /** A service whose tables are new. */
  readonly migrates?: string;
  /** A reason that is new in errors which somebody may tell apart already. */
  readonly newReason?: string;
  /** What whoever asked may want to do next. */
  readonly next: readonly string[];
}
