import type { Contracts } from "../contract/contracts.ts";
import type { Draft } from "../draft.ts";

/** The input of a generator. */
export interface Workshop {
  readonly draft: Draft;
  readonly contracts: Contracts;
  readonly answers: Readonly<Record<string, string>>;
}

/** The steps after the draft is written. */
export interface Plan {
  /** A new service, whose package must be linked. */
  readonly newService?: string;
  /** A service with new tables, which needs its first migration. */
  readonly migrates?: string;
  /** A new reason of an existing error enum, for which code may need a new case. */
  readonly newReason?: string;
  /** Suggestions for the next steps. */
  readonly next: readonly string[];
}
