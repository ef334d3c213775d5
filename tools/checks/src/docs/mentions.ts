/** A mention of an event or a service in a source. */
export interface Mention {
  /** `.publish(Event`, `on(Event` or `key: Service`. */
  readonly kind: "publish" | "on" | "key";
  /** The full name of the event or the service: `orders.v1.OrderPlaced`. */
  readonly type: string;
  /** The key, of a `key: Service`. */
  readonly key: string;
  /** From 1. */
  readonly line: number;
}

/** Not of types, which are no values. */
const imports = /\bimport\s+(?:\{([^}]*)\}|\*\s+as\s+([\w$]+))\s+from\s+["']([^"']+)["']/g;

const patterns = [
  ["publish", /\.publish(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["on", /(?<![\w$.])on(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["key", /(?<key>[\w$]+)\s*:\s*(?<name>[\w$]+(?:\.[\w$]+)?)\s*[,}]/g],
] as const;

/**
 * Finds mentions of contracts in TypeScript, by its text.
 *
 * @param names the full names of contracts by where they are imported from: `@mesh/contracts/orders/v1#OrderPlaced`
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

/** Comments as spaces, so that nothing in them counts and every place stays; what looks like one in a text does not. */
function withoutComments(source: string): string {
  const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(tokens, (token) => (/^\/[/*]/.test(token) ? token.replace(/[^\n]/g, " ") : token));
}

/** What names mean in a file: `OrderPlaced` → `@mesh/contracts/orders/v1#OrderPlaced`; of a namespace: `…/v1#`. */
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
