/** What an atom of an expression matches: exactly of ASCII, of all else whether any. */
export interface Characters {
  readonly ascii: bigint;
  readonly others: boolean;
}

/** Any character. */
export const anyCharacter: Characters = { ascii: 2n ** 128n - 1n, others: true };

/** Literals, `\d`, `\w`, escaped punctuation and classes of them, which match nothing but ASCII. */
const asciiOnly = /^(?:[ -~]|\\[dwtnvfr]|\\[^\w]|\[(?!\^)(?:\\[dwtnvfr]|\\[^\w]|[ -[\]-~])*\])$/;

const known = new Map<string, Characters>();

/** What an atom matches, found out by trying; a repeated one is asked for again and again. */
export function charactersOf(source: string, flags: string): Characters {
  const key = `${flags} ${source}`;
  const found = known.get(key) ?? tried(source, flags);
  known.set(key, found);
  return found;
}

function tried(source: string, flags: string): Characters {
  const expression = new RegExp(`^(?:${source})$`, flags);
  let ascii = 0n;
  for (let code = 0; code < 128; code++) if (expression.test(String.fromCharCode(code))) ascii |= 1n << BigInt(code);
  // Folding case, k and s are also the Kelvin sign and the long s.
  const isFoldedWide = flags.includes("i") && /[ks]/i.test(source);
  return { ascii, others: !asciiOnly.test(source) || isFoldedWide || (flags.includes("i") && source.startsWith("[")) };
}

/** Whether one character may be both. */
export function overlap(a: Characters, b: Characters): boolean {
  return (a.ascii & b.ascii) !== 0n || (a.others && b.others);
}
