/** One token of JSON after white space: punctuation, a string, or another value. Source: RFC 8259 */
const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.]))/uy;

/** The kind of token that may come next. */
type State = "value" | "first item" | "key" | "first key" | "colon" | "comma" | "end";

/**
 * Returns the position of the first fault in JSON, such as `line 3, column 14`, counted from 1. JavaScript's own errors
 * have it in some versions only, and quote the text.
 */
export function jsonFault(text: string): string {
  const before = text.slice(0, faultOffset(text)).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

function faultOffset(text: string): number {
  const open: string[] = [];
  let state: State = "value";
  let offset = 0;
  for (;;) {
    token.lastIndex = offset;
    const found = token.exec(text);
    const next: State | undefined = found ? step(state, kindOf(found), open) : undefined;
    if (next === undefined) return offset + blanks(text.slice(offset));
    state = next;
    offset = token.lastIndex;
  }
}

function kindOf([, sign, quoted]: RegExpExecArray): string {
  return sign ?? (quoted === undefined ? "scalar" : "text");
}

function blanks(text: string): number {
  return text.length - text.replace(/^[ \t\n\r]+/, "").length;
}

/** Returns what may follow a token; undefined if the token is not allowed here. */
function step(state: State, kind: string, open: string[]): State | undefined {
  const isClosing = kind === "}" || kind === "]";
  if (isClosing) return mayClose(state, kind, open) ? after(open) : undefined;
  if (state === "colon") return kind === ":" ? "value" : undefined;
  if (state === "comma") return kind === "," ? (open.at(-1) === "{" ? "key" : "value") : undefined;
  if (state === "key" || state === "first key") return kind === "text" ? "colon" : undefined;
  if (state === "end" || kind === "," || kind === ":") return undefined;
  if (kind === "{" || kind === "[") open.push(kind);
  else return open.length === 0 ? "end" : "comma";
  return kind === "{" ? "first key" : "first item";
}

function mayClose(state: State, kind: string, open: readonly string[]): boolean {
  const inside = open.at(-1);
  if (kind === "}") return inside === "{" && (state === "comma" || state === "first key");
  return inside === "[" && (state === "comma" || state === "first item");
}

function after(open: string[]): State {
  open.pop();
  return open.length === 0 ? "end" : "comma";
}
