import type { MethodDefinition } from "@mesh/contracts";
import type { Calls } from "./evidence.ts";

/**
 * The calls of a method that failed in a row at a replica, and those that succeeded at the others since the first of them. A
 * failure at a replica that had none ends the row: the requests may be the cause.
 */
export interface FailureRow {
  failed: number;
  othersSucceeded: number;
}

/** The rows of failures, by method and by replica. Usually there are none. */
export class FailureRows {
  readonly #methods = new Map<MethodDefinition, Map<object, FailureRow>>();

  get isEmpty(): boolean {
    return this.#methods.size === 0;
  }

  /** Notes the end of a call. */
  note(endpoint: object, method: MethodDefinition, isSuccess: boolean): void {
    const rows = this.#methods.get(method);
    if (!rows) {
      if (!isSuccess) this.#methods.set(method, new Map([[endpoint, newRow()]]));
      return;
    }
    const own = rows.get(endpoint);
    for (const [other, row] of rows) {
      if (other === endpoint) continue;
      if (isSuccess) row.othersSucceeded += 1;
      else if (!own) Object.assign(row, { failed: 0, othersSucceeded: 0 });
    }
    if (isSuccess) this.#remove(endpoint, method, rows);
    else if (own) own.failed += 1;
    else rows.set(endpoint, newRow());
  }

  /** Returns the rows of a replica. */
  of(endpoint: object): FailureRow[] {
    return [...this.#methods.values()].flatMap((rows) => rows.get(endpoint) ?? []);
  }

  /** Forgets the rows of a replica. */
  forget(endpoint: object): void {
    for (const [method, rows] of this.#methods) this.#remove(endpoint, method, rows);
  }

  #remove(endpoint: object, method: MethodDefinition, rows: Map<object, FailureRow>): void {
    rows.delete(endpoint);
    if (rows.size === 0) this.#methods.delete(method);
  }
}

function newRow(): FailureRow {
  return { failed: 1, othersSucceeded: 0 };
}

/** Returns the calls at the other replicas. */
export function othersIn({ othersSucceeded }: FailureRow): Calls {
  return { failed: 0, succeeded: othersSucceeded };
}
