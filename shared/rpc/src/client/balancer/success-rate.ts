import type { Calls } from "./evidence.ts";

/** How the calls of the last seconds have ended. All replicas fade together, so that the same time counts for each. */
export class SuccessRate implements Calls {
  failed = 0;
  succeeded = 0;

  /** The calls that count. */
  get calls(): number {
    return this.failed + this.succeeded;
  }

  add(isSuccess: boolean): void {
    if (isSuccess) this.succeeded += 1;
    else this.failed += 1;
  }

  /** Makes what has been count half as much. */
  fade(): void {
    this.failed /= 2;
    this.succeeded /= 2;
  }

  reset(): void {
    this.failed = 0;
    this.succeeded = 0;
  }
}
