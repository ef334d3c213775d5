import { MeshError } from "@mesh/contracts";
import { retryLaterMs } from "../retry-later.ts";

/** Bounds how many calls run at the same time. */
export class CallLimit {
  /** The most calls. It may change while some run. */
  most: number;
  #open = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Runs a call. @throws MeshError RESOURCE_EXHAUSTED if there is no room for it */
  async run(next: () => Promise<unknown>): Promise<unknown> {
    if (this.#open >= this.most) {
      const message = `the policy of the mesh allows ${this.most} of these calls at the same time`;
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs: retryLaterMs });
    }
    this.#open += 1;
    try {
      return await next();
    } finally {
      this.#open -= 1;
    }
  }
}
