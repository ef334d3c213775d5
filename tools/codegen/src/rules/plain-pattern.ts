/** One element of a pattern. */
interface Element {
  /** The element in JavaScript. */
  readonly text: string;
  /** The character, escape or class in it; empty for `^`, `$`, `|` and parentheses. */
  readonly atom: string;
  readonly min: number;
  readonly max: number;
}

const escaped = String.raw`\\(?:[dDwW]|[\^$\\.*+?()[\]{}|/])`;
const atom = String.raw`[^\\[\](){}.*+?|^$]|\.|${escaped}|\[\^?(?:${escaped}|\\-|[^\\[\]^])+\]`;
const element = new RegExp(
  String.raw`(${atom})([*+?]|\{(\d+)(,?)(\d*)\})?|\^|\$|\((?:\?:)?|\)(?:[*+?]|\{\d+(?:,\d*)?\})?|\|`,
  "uy",
);

/**
 * Returns the expression of JavaScript that matches the same strings as a pattern of RE2; undefined if the pattern has
 * an element that may differ in JavaScript. Source: https://github.com/google/re2/wiki/Syntax
 */
export function plainExpression(pattern: string): RegExp | undefined {
  const elements = elementsOf(pattern);
  try {
    return elements && new RegExp(elements.map(({ text }) => text).join(""), "u");
  } catch {
    return undefined;
  }
}

/**
 * Returns the same expression if JavaScript also needs no more time than RE2: for a fixed number of characters, such as
 * `foo`, or if the pattern starts with `^`, has no group, and the next character always decides if a repetition
 * continues.
 */
export function linearExpression(pattern: string): RegExp | undefined {
  const elements = elementsOf(pattern)?.filter(({ text }, index, { length }) => {
    return !(text === "^" && index === 0) && !(text === "$" && index === length - 1);
  });
  if (!elements?.every(({ atom }) => atom !== "")) return undefined;
  const isFixed = elements.every(({ min, max }) => min === 1 && max === 1);
  const isDecided =
    pattern.startsWith("^") && elements.every((one, index) => isDecidedAt(one, elements.slice(index + 1)));
  return isFixed || isDecided ? plainExpression(pattern) : undefined;
}

function elementsOf(pattern: string): Element[] | undefined {
  const elements: Element[] = [];
  element.lastIndex = 0;
  while (element.lastIndex < pattern.length) {
    const [whole, atom = "", count = "", min = "", comma, max = ""] = element.exec(pattern) ?? [];
    if (whole === undefined) return undefined;
    // RE2's `.` excludes "\n" only.
    const text = atom === "." ? `[^\\n]${count}` : whole;
    if (count === "") elements.push({ text, atom, min: 1, max: 1 });
    else if (min === "") elements.push({ text, atom, min: count === "+" ? 1 : 0, max: count === "?" ? 1 : Infinity });
    else elements.push({ text, atom, min: Number(min), max: comma ? Number(max || Infinity) : Number(min) });
  }
  return elements;
}

/** Returns true if no character that may follow a repetition can also be part of it. */
function isDecidedAt({ atom, min, max }: Element, rest: readonly Element[]): boolean {
  if (min === max) return true;
  const required = rest.findIndex((next) => next.min > 0);
  const next = required < 0 ? rest : rest.slice(0, required + 1);
  return next.every((other) => !overlap(atom, other.atom));
}

/** Returns true if both atoms may match one character. All characters outside of ASCII count as the same. */
function overlap(left: string, right: string): boolean {
  const [one, other] = [left, right].map((source) => new RegExp(`^${source}$`, "su"));
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  const isShared = ascii.some((character) => one?.test(character) && other?.test(character));
  return isShared || (isWide(left) && isWide(right));
}

function isWide(atom: string): boolean {
  return /[^\0-\x7f]|^\.|^\[\^|\\[DW]/.test(atom);
}
