// Counts failures by what failed, code and message.

/** The failures of a phase. */
export class Failures {
  #counts = new Map();

  /** Adds an error. @returns undefined, so that the promise that it ended resolves */
  add(kind, error) {
    const cause = error.cause?.code ? `: ${error.cause.code}` : "";
    const key = `${kind}: ${error.code ?? error.name} ${withoutIds(error.message)}${cause}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Returns the numbers by what failed, the most frequent first. */
  result() {
    return Object.fromEntries([...this.#counts].toSorted(([, one], [, other]) => other - one));
  }
}

/** Errors of one kind are one line. */
function withoutIds(message) {
  return message
    .replace(/ \(id [0-9a-f]+\)/g, "")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replace(/(\d+\.){3}\d+:\d+/g, "<address>");
}
