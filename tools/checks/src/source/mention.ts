import { importedName, localNames, placeOf, withoutComments } from "./source-text.ts";

/** A mention of an event, a job or a service in source code. */
export interface Mention {
  /** The form, such as `.publish(Event`, `on(Event`, `job(Job`, `schedule(name, when, Job` or `service(Service`. */
  readonly kind: "publish" | "on" | "enqueue" | "job" | "schedule" | "key" | "service";
  /** The full name of the event, the job or the service: `orders.v1.OrderPlaced`. */
  readonly type: string;
  /** The key of a `key: Service`, otherwise empty. */
  readonly key: string;
  /** The line number, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

const patterns = [
  ["publish", /\.publish(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["on", /(?<![\w$.])on(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["enqueue", /\.enqueue(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  ["job", /(?<![\w$.])job(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
  [
    "schedule",
    /(?<![\w$])schedule\(\s*(?:"[^"]*"|`[^`]*`|[\w$.]+)\s*,\s*(?:\{[^{}]*\}|[\w$.]+)\s*,\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g,
  ],
  ["service", /(?<![\w$.])service(?:<[^()]*>)?\(\s*(?<name>[\w$]+(?:\.[\w$]+)?)/g],
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
      return type ? [{ kind, type, key, ...placeOf(code, match.index) }] : [];
    }),
  );
  return found.sort((a, b) => a.line - b.line);
}
