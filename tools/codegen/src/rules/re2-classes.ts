/** What is read, and what stands for it in JavaScript. */
interface Token {
  readonly length: number;
  readonly text: string;
}

/** What is between the brackets of a JavaScript class. */
const posix: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Unlike JavaScript's, RE2's white space is ASCII only. */
const space = "\\t\\n\\f\\r ";

/** `[:alpha:]` at the start of a text. */
export function posixClass(rest: string): Token | undefined {
  const [whole = "", name = ""] = /^\[:(\w+):\]/.exec(rest) ?? [];
  const text = Object.hasOwn(posix, name) ? posix[name] : undefined;
  return text === undefined ? undefined : { length: whole.length, text };
}

/** `\d`, `\s`, `\w`, `\pL` and their opposites at the start of a text. */
export function escapeClasses(rest: string, inClass: boolean): Token | undefined {
  const [same] = /^\\[dDwW]/.exec(rest) ?? [];
  if (same) return { length: 2, text: same };
  if (rest.startsWith("\\s")) return { length: 2, text: inClass ? space : `[${space}]` };
  if (rest.startsWith("\\S") && !inClass) return { length: 2, text: `[^${space}]` };
  const [whole = "", kind = "", letter, negated, name] = /^\\([pP])(?:([A-Z])|\{(\^?)(\w+)\})/.exec(rest) ?? [];
  if (!whole) return undefined;
  return { length: whole.length, text: `\\${negated ? opposite(kind) : kind}{${property(letter ?? name ?? "")}}` };
}

function opposite(kind: string): string {
  return kind === "p" ? "P" : "p";
}

/** One or two letters are a general category; longer names are scripts. */
function property(name: string): string {
  return name.length <= 2 ? name : `Script=${name}`;
}
