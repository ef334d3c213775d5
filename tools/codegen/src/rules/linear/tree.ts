/** What an expression is made of. */
export type Tree =
  | { readonly kind: "atom"; readonly source: string }
  /** `^`, and what else takes no character: it only narrows what matches. */
  | { readonly kind: "start" | "boundary" }
  | { readonly kind: "sequence"; readonly parts: readonly Tree[] }
  | { readonly kind: "choice"; readonly parts: readonly Tree[] }
  | { readonly kind: "repeat"; readonly part: Tree; readonly min: number; readonly max: number };

const atom = /\\(?:[pPu]\{[^}]*\}|x[\da-f]{2}|[^bB])|\[(?:\\[\s\S]|[^\\\]])*\]|[^\\[\]()|*+?{}^$]/iuy;
const quantifier = /([*+?]|\{(\d+)(,?)(\d*)\})\??/y;

/** Reads an expression of JavaScript as `translate` writes it: no look-arounds, no references, groups that capture nothing. */
export function treeOf(source: string): Tree {
  let at = 0;

  function choice(): Tree {
    const parts = [sequence()];
    while (source[at] === "|") {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "choice", parts };
  }

  function sequence(): Tree {
    const parts: Tree[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      parts.push(repeated(single()));
    }
    return { kind: "sequence", parts };
  }

  function single(): Tree {
    if (source[at] === "(") return group();
    if (source[at] === "^") {
      at += 1;
      return { kind: "start" };
    }
    const [boundary] = /^(?:\$|\\[bB])/.exec(source.slice(at, at + 2)) ?? [];
    const [text] = boundary ? [boundary] : matchAt(atom, source, at);
    if (text === undefined) throw new Error(`${source.slice(at)} can't be read`);
    at += text.length;
    return boundary ? { kind: "boundary" } : { kind: "atom", source: text };
  }

  function group(): Tree {
    at += source.startsWith("(?:", at) ? 3 : 1;
    const inner = choice();
    at += 1;
    return inner;
  }

  function repeated(part: Tree): Tree {
    const [whole, sign = "", min = "", comma, max = ""] = matchAt(quantifier, source, at);
    if (whole === undefined) return part;
    at += whole.length;
    if (min !== "") return repeat(part, Number(min), comma === "" ? Number(min) : max === "" ? Infinity : Number(max));
    return repeat(part, sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity);
  }

  return choice();
}

function repeat(part: Tree, min: number, max: number): Tree {
  return { kind: "repeat", part, min, max };
}

function matchAt(sticky: RegExp, text: string, at: number): (string | undefined)[] {
  sticky.lastIndex = at;
  return sticky.exec(text) ?? [];
}
