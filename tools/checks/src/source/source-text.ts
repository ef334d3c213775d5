/** Imports of values. Imports of types are no mentions. */
const imports = /\bimport\s+(?:\{([^}]*)\}|\*\s+as\s+([\w$]+))\s+from\s+["']([^"']+)["']/g;

/** Replaces comments by spaces, so that positions stay the same. Strings that look like comments are kept. */
export function withoutComments(source: string): string {
  const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(tokens, (token) => (/^\/[/*]/.test(token) ? token.replace(/[^\n]/g, " ") : token));
}

/** Maps the local names of a file: `OrderPlaced` → `@mesh/contracts/orders/v1#OrderPlaced`, a namespace → `…/v1#`. */
export function localNames(code: string): Map<string, string> {
  const locals = new Map<string, string>();
  for (const [, list, namespace, from = ""] of code.matchAll(imports)) {
    if (namespace) locals.set(namespace, `${from}#`);
    for (const one of list?.split(",") ?? []) {
      const [name = "", local = name] = one.trim().split(/\s+as\s+/);
      if (name && !name.startsWith("type ")) locals.set(local, `${from}#${name}`);
    }
  }
  return locals;
}

/** Returns what a local name, or a member of a namespace, imports: `@mesh/contracts/orders/v1#OrderPlaced`. */
export function importedName(name: string, locals: ReadonlyMap<string, string>): string | undefined {
  const [first = "", member] = name.split(".");
  const imported = locals.get(first);
  return member === undefined ? imported : imported && imported + member;
}

/** A place in a source file. Both count from 1. */
export interface CodePlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the line and the column of a position in a text. */
export function placeOf(code: string, index: number): CodePlace {
  const line = code.slice(0, index).split("\n").length;
  return { line, column: index - code.lastIndexOf("\n", index - 1) };
}
