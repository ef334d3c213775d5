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
  /** Whether a package is new, or has a new dependency, and must be linked. */
  readonly links?: boolean;
  /** A service with new tables, and the name of the migration that it needs. */
  readonly migrates?: { readonly service: string; readonly name: string };
  /** A new reason of an existing error enum, for which code may need a new case. */
  readonly newReason?: string;
  /** Suggestions for the next steps. */
  readonly next: readonly string[];
}
