import { throwStoreFailure } from "./failure.ts";
import type { Statements } from "./lease.ts";

/** Runs parts of a transaction, each of which can fail alone. */
export class Savepoints {
  readonly #statements: Statements;
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /**
   * Runs work. If it fails, undoes what it did. Two that overlap fail: PostgreSQL knows savepoints within savepoints, but none
   * side by side, and each has a name of its own, so none undoes the work of the other unnoticed.
   */
  async run<R>(work: () => Promise<R>): Promise<R> {
    this.#count += 1;
    const name = `mesh_${this.#count}`;
    await this.#query(`savepoint ${name}`);
    try {
      const result = await work();
      await this.#query(`release savepoint ${name}`);
      return result;
    } catch (error) {
      await this.#query(`rollback to savepoint ${name}`).catch(() => {}); // The transaction has ended, and so has its work.
      throw error;
    }
  }

  /** Does the same after the work that was begun by this method before: statements may be sent at the same time. */
  runInTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(() => this.run(work));
    this.#last = result.catch(() => {});
    return result;
  }

  async #query(text: string): Promise<void> {
    await this.#statements.query({ text }).catch(throwStoreFailure);
  }
}
