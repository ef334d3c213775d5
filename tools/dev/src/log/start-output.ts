/** The output of an app during its starts. Prints it, except for what the failed start before has printed already. */
export class StartOutput {
  readonly #print: (line: string) => void;
  /** The output of the failed start before this one. */
  #before: readonly string[] | undefined;
  /** The part of it that this start has not repeated yet. Undefined if this start differs. */
  #missing: string[] | undefined;
  /** The output of this start. Undefined after it. */
  #current: string[] | undefined;
  /** Lines that are not printed yet. */
  #held: string[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Begins a start. @param isRepeated whether it follows a failed one without a change of the app */
  begin(isRepeated: boolean): void {
    this.#release();
    if (!isRepeated) this.#before = undefined;
    this.#missing = this.#before && [...this.#before];
    this.#current = [];
  }

  /** @param isCompared false for lines that may differ in each start, such as those on its progress */
  line(text: string, isCompared: boolean): void {
    if (isCompared) this.#compare(text);
    if (this.#missing) this.#held.push(text);
    else this.#print(text);
  }

  /** Ends a start that succeeded. */
  succeed(): void {
    this.#release();
    this.#before = undefined;
    this.#current = undefined;
  }

  /** Ends a start that failed. Returns whether it failed in the same way as the one before it. */
  fail(reason: string): boolean {
    this.#compare(reason);
    const isSame = this.#missing?.length === 0;
    if (isSame) this.#held = [];
    this.#release();
    this.#before = this.#current;
    this.begin(true);
    return isSame;
  }

  #compare(text: string): void {
    const line = withoutNumbers(text);
    this.#current?.push(line);
    // In any order, because standard output and standard error are two streams.
    const index = this.#missing?.indexOf(line) ?? -1;
    if (index < 0) this.#release();
    else this.#missing?.splice(index, 1);
  }

  /** Prints what was held, and from then on all. */
  #release(): void {
    this.#missing = undefined;
    for (const line of this.#held.splice(0)) this.#print(line);
  }
}

/** Times, durations, ports and process ids are different in each start. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, "0");
}
