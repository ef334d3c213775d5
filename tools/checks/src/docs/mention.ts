/** A mention of an event or a service in source code. */
export interface Mention {
  /** The form: `.publish(Event`, `on(Event` or `key: Service`. */
  readonly kind: "publish" | "on" | "key";
  /** The full name of the event or the service: `orders.v1.OrderPlaced`. */
  readonly type: string;
  /** The key of a `key: Service`, otherwise empty. */
  readonly key: string;
  /** The line number, from 1. */
  readonly line: number;
}

/** Imports of values. Imports of types are no mentions. */
const imports = /\bimport\s+(?:\{([^}]*)\}|\*\s+as\s+([\w$]+))\s+from\s+["']([^"']+)["']/g;

const patterns = [
  ["publish", /\.publish(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["on", /(?<![\w$.])on(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["key", /(?<key>[\w$]+)\s*:\s*(?<name>[\w$]+(?:\.[\w$]+)?)\s*[,}]/g],
] as const;

/**
 * Finds mentions of contracts in the text of a TypeScript file.
 *
 * @param names the full names of contracts, by module and export: `@mesh/contracts/orders/v1#OrderPlaced`
 */
export function mentionsOf(source: string, names: ReadonlyMap<string, string>): Mention[] {
  const code = withoutComments(source);
  const locals = localNames(code);
  const found = patterns.flatMap(([kind, pattern]) =>
    [...code.matchAll(pattern)].flatMap((match) => {
      const { name = "", key = "" } = match.groups ?? {};
      const type = names.get(importedName(name, locals) ?? "");
      return type ? [{ kind, type, key, line: lineOf(code, match.index) }] : [];
    }),
  );
  return found.sort((a, b) => a.line - b.line);
}

/** Replaces comments by spaces, so that positions stay the same. Strings that look like comments are kept. */
function withoutComments(source: string): string {
  const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(tokens, (token) => (/^\/[/*]/.test(token) ? token.replace(/[^\n]/g, " ") : token));
}

/** Maps the local names of a file: `OrderPlaced` → `@mesh/contracts/orders/v1#OrderPlaced`, a namespace → `…/v1#`. */
function localNames(code: string): Map<string, string> {
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

function importedName(name: string, locals: ReadonlyMap<string, string>): string | undefined {
  const [first = "", member] = name.split(".");
  const imported = locals.get(first);
  return member === undefined ? imported : imported && imported + member;
}

function lineOf(code: string, index: number): number {
  return code.slice(0, index).split("\n").length;
}
