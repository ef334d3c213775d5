import { createHash } from "node:crypto";

/** A process that may consume. */
export interface Candidate {
  readonly id: string;
  /** The consumers that it has handlers for. */
  readonly consumers: readonly string[];
}

/**
 * Returns the process that should hold the lease of a consumer; undefined: none can. All processes choose the same one, each
 * gets about as many, and a process that joins or leaves changes only its own (rendezvous hashing).
 */
export function chooseHolder(consumer: string, candidates: readonly Candidate[]): string | undefined {
  const scores = candidates
    .filter(({ consumers }) => consumers.includes(consumer))
    .map(({ id }) => ({ id, score: createHash("sha256").update(`${consumer} ${id}`).digest("hex") }));
  return scores.sort((one, other) => (one.score < other.score ? 1 : -1))[0]?.id;
}
