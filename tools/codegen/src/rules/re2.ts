import { escapeClasses, posixClass } from "./re2-classes.ts";

/** An expression that means something else in JavaScript, or nothing. */
export class UntranslatableError extends Error {
  override readonly name = "UntranslatableError";
}

/** What is read at one place of an expression, and what stands for it in JavaScript. */
interface Token {
  readonly length: number;
  readonly text: string;
}

/** What JavaScript gives a meaning, outside of a class. */
const syntax = /[\^$\\.*+?()[\]{}|/]/;

/**
 * Translates an RE2 expression, which is what `pattern` holds, into a JavaScript one that matches the same texts. What
 * is not known to mean the same is refused.
 *
 * Source: https://github.com/google/re2/wiki/Syntax
 */
export function translate(source: string): RegExp {
  const { flags, start } = leadingFlags(source);
  const isDotAll = flags.includes("s");
  let text = "";
  for (let at = start; at < source.length; ) {
    const token = readToken(source, at, { isDotAll, isFolded: flags.includes("i") });
    text += token.text;
    at += token.length;
  }
  try {
    return new RegExp(text, flags.includes("i") ? "iu" : "u");
  } catch (error) {
    throw new UntranslatableError(error instanceof Error ? error.message : String(error));
  }
}

interface Mode {
  readonly isDotAll: boolean;
  readonly isFolded: boolean;
}

/** `(?i)` and `(?s)`, which only count from where they stand; here that is the start. */
function leadingFlags(source: string): { flags: string; start: number } {
  const [whole = "", flags = ""] = /^\(\?([is]+)\)/.exec(source) ?? [];
  return { flags, start: whole.length };
}

function readToken(source: string, at: number, mode: Mode): Token {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (character === "\\") return readEscape(source, at, mode);
  if (character === "[") return readClass(source, at, mode);
  if (character === "(") return readGroup(source, at);
  if (character === ".") return { length: 1, text: mode.isDotAll ? "[\\s\\S]" : "[^\\n]" };
  if (character === "{") return readBrace(source, at);
  if (character === "}" || character === "]" || character === "/") return { length: 1, text: `\\${character}` };
  return { length: character.length, text: character };
}

function readGroup(source: string, at: number): Token {
  if (source[at + 1] !== "?") return { length: 1, text: "(" };
  const [head] = /^\(\?(?::|P?<\w+>)/.exec(source.slice(at)) ?? [];
  if (!head) throw new UntranslatableError("flags in the middle; put them at its start, or write what they mean");
  return { length: head.length, text: "(?:" };
}

/** A brace that is no repetition is an ordinary character in RE2. */
function readBrace(source: string, at: number): Token {
  const [repetition] = /^\{\d+(?:,\d*)?\}/.exec(source.slice(at)) ?? [];
  return repetition ? { length: repetition.length, text: repetition } : { length: 1, text: "\\{" };
}

function readEscape(source: string, at: number, mode: Mode): Token {
  const rest = source.slice(at);
  if (rest.startsWith("\\z")) return { length: 2, text: "$" };
  if (rest.startsWith("\\A")) return { length: 2, text: "^" };
  if (/^\\[bB]/.test(rest) && !mode.isFolded) return { length: 2, text: rest.slice(0, 2) };
  return readEscapedCharacter(rest, mode, false);
}

/** An escape that stands for a character or for a class of them. */
function readEscapedCharacter(rest: string, mode: Mode, inClass: boolean): Token {
  const known = escapeClasses(rest, inClass);
  if (known && !(mode.isFolded && /^\\[wW]/.test(rest))) return known;
  const [whole, hex] = /^\\x(?:([\da-fA-F]{2})|\{[\da-fA-F]{1,6}\})/.exec(rest) ?? [];
  if (whole) return { length: whole.length, text: hex ? whole : `\\u${whole.slice(2)}` };
  const [control] = /^\\[fnrtv]/.exec(rest) ?? [];
  if (control) return { length: 2, text: control };
  const [, punctuation] = /^\\([!-/:-@[-`{-~])/.exec(rest) ?? [];
  if (punctuation === undefined) throw new UntranslatableError(`${rest.slice(0, 2)} is not supported`);
  return { length: 2, text: literalCharacter(punctuation, inClass) };
}

function literalCharacter(character: string, inClass: boolean): string {
  return syntax.test(character) || (inClass && character === "-") ? `\\${character}` : character;
}

/** `[a-z]`; a `]` that comes first is an ordinary character in RE2. */
function readClass(source: string, start: number, mode: Mode): Token {
  const negated = source[start + 1] === "^";
  let at = start + (negated ? 2 : 1);
  let text = negated ? "[^" : "[";
  for (let isFirst = true; isFirst || source[at] !== "]"; isFirst = false) {
    if (at >= source.length) throw new UntranslatableError("a class does not end");
    const token = readClassMember(source, at, mode);
    text += token.text;
    at += token.length;
  }
  return { length: at + 1 - start, text: `${text}]` };
}

function readClassMember(source: string, at: number, mode: Mode): Token {
  const rest = source.slice(at);
  if (rest.startsWith("[:")) return posixClass(rest) ?? unknownPosix(rest);
  if (rest.startsWith("\\")) return readEscapedCharacter(rest, mode, true);
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  // A hyphen keeps its place: JavaScript reads it as RE2 does.
  const text = character !== "-" && syntax.test(character) ? `\\${character}` : character;
  return { length: character.length, text };
}

function unknownPosix(rest: string): never {
  throw new UntranslatableError(`${rest.slice(0, 10)} is not supported`);
}
