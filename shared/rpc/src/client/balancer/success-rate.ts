/** About how many of the last calls count. */
const span = 100;

/** The share of calls that succeed: of the last hundred or so, each counting less the older it is. */
export class SuccessRate {
  /** From 0 to 1. */
  value = 1;
  /** The calls that count, up to 100. */
  calls = 0;

  add(isSuccess: boolean): void {
    if (this.calls < span) this.calls += 1;
    this.value += (Number(isSuccess) - this.value) / this.calls;
  }

  reset(): void {
    this.value = 1;
    this.calls = 0;
  }
}
