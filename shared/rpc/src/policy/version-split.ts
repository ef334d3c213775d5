import type { Replica } from "../discovery/discovery.ts";
import { EvenTurns } from "./even-turns.ts";

/** Chooses the version of the replica that gets a call. */
export class VersionSplit {
  readonly #turns = new EvenTurns();
  /** The versions, each with the turns below which it is chosen. */
  readonly #shares: readonly { readonly version: string; readonly below: number }[];
  readonly #versions: ReadonlySet<string>;

  /** @param percents the share of each version; those of others get the rest */
  constructor(percents: Readonly<Record<string, number>>) {
    let below = 0;
    this.#shares = Object.entries(percents).map(([version, percent]) => {
      below += percent / 100;
      return { version, below };
    });
    this.#versions = new Set(Object.keys(percents));
  }

  /** Returns those of some replicas that have the version whose turn it is. If none has it, returns all. */
  choose<E extends { readonly replica: Replica }>(all: readonly E[]): readonly E[] {
    const turn = this.#turns.next();
    const version = this.#shares.find(({ below }) => turn < below)?.version;
    const chosen = all.filter(({ replica }) =>
      version === undefined ? !this.#versions.has(replica.version ?? "") : replica.version === version,
    );
    return chosen.length > 0 ? chosen : all;
  }
}
