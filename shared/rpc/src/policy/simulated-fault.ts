import { setTimeout as pause } from "node:timers/promises";
import { type Code, MeshError } from "@mesh/contracts";
import type { PolicyFault } from "@mesh/contracts/mesh/v1";
import { EvenTurns } from "./even-turns.ts";

/** A call that has not been sent. */
interface UnsentCall {
  /** The time that it has left, in milliseconds; undefined: there is no limit. */
  timeoutMs: number | undefined;
  /** Waits for something. @throws MeshError if the call ends before */
  until<T>(work: Promise<T>): Promise<T>;
}

/** A fault that some calls have. */
export class SimulatedFault {
  readonly #turns = new EvenTurns();
  readonly #share: number;
  readonly #delayMs: number;
  readonly #error: MeshError | undefined;

  constructor({ percent, delayMs, code }: PolicyFault) {
    this.#share = percent / 100;
    this.#delayMs = delayMs;
    // The contract accepts no other codes.
    this.#error = code
      ? new MeshError({ code: code as Code, message: "the policy of the mesh simulates this" })
      : undefined;
  }

  /** Delays and fails a call, if it is its turn. @throws MeshError */
  async apply(call: UnsentCall): Promise<void> {
    if (this.#turns.next() >= this.#share) return;
    const { timeoutMs } = call;
    if (this.#delayMs > 0) {
      const startedAt = Date.now();
      await call.until(pause(this.#delayMs));
      if (timeoutMs !== undefined) call.timeoutMs = Math.max(1, timeoutMs - (Date.now() - startedAt));
    }
    if (this.#error) throw this.#error;
  }
}
