import type { Declarations } from "./declarations.ts";
import { nearest } from "./nearest.ts";

/** A complaint of buf about a name or a value, which does not say what would be right. */
const vague = /^cannot (?:resolve message field name for|find(?: message field)?) `|^mismatched types$/;

/** Returns true if the declarations of the contracts may explain a complaint. */
export function isVague(complaint: string): boolean {
  return vague.test(complaint);
}

/**
 * Returns a complaint of buf with the wrong name or value and the likely fix.
 *
 * @param before the text of the file before the wrong part
 * @param after the text from there on
 */
export function explained(complaint: string, before: string, after: string, declarations: Declarations): string {
  if (complaint === "mismatched types") return wrongType(before, after, declarations) ?? complaint;
  const [, message = ""] = /(?:name for|in) `([\w.]+)`$/.exec(complaint) ?? [];
  const fields = declarations.messages.get(message);
  const [, name = ""] = /^cannot find (?:message field )?`([\w.]+)`/.exec(complaint) ?? [];
  if (fields) return wrongField(name || (/^\w*/.exec(after)?.[0] ?? ""), message, [...fields.keys()]);
  const meant = nearest(name, namesLike(name, declarations));
  return meant ? `cannot find ${name}: did you mean ${meant}?` : complaint;
}

function wrongField(name: string, message: string, fields: readonly string[]): string {
  const meant = nearest(name, fields);
  const fix = meant ? `did you mean ${meant}?` : `use one of ${fields.slice(0, 20).join(", ")}`;
  return `${message} has no field ${name}: ${fix}`;
}

/** Returns the declared names in the form of another: of a name without dots, the last parts. */
function* namesLike(name: string, { names }: Declarations): Iterable<string> {
  for (const declared of names) yield name.includes(".") ? declared : (declared.split(".").at(-1) ?? declared);
}

/** Explains the value of an option that has another type than its field. */
function wrongType(before: string, after: string, { messages }: Declarations): string | undefined {
  const path = optionPath(before);
  const name = path.at(-1) ?? "";
  const types = new Set([...messages.values()].flatMap((fields) => fields.get(name) ?? []));
  // Fields of one name in several messages: the one before it in the path says in which.
  const outer = [...messages.values()].flatMap((fields) => fields.get(path.at(-2) ?? "") ?? []);
  const inside = [...messages].filter(([message]) => outer.some((type) => `.${message}`.endsWith(`.${type}`)));
  const within = inside.flatMap(([, fields]) => fields.get(name) ?? []);
  const [type] = within.length > 0 ? within : types.size === 1 ? types : [];
  if (type === undefined) return undefined;
  const value = /^(?:"[^"\n]*"|[^\s,;\]}]+)/.exec(after)?.[0] ?? "";
  const form = /^[A-Z]|\./.test(type) ? `a ${type}, in braces if it is a message: { … }` : `a value of type ${type}`;
  return `${name} must be ${form}, got ${value}`;
}

/** Returns the names of the fields that lead to a value: `string`, `min_len` of `(…).string = { min_len: `. */
function optionPath(before: string): string[] {
  const statement = before.slice(Math.max(before.lastIndexOf(";"), before.lastIndexOf("[")) + 1);
  let depth = 0;
  const path: string[] = [];
  // Backwards, so that fields in braces that are closed again are skipped.
  for (const [token] of [...statement.matchAll(/[\w]+(?=\s*[.:={]|\s*$)|[{}]/g)].reverse()) {
    if (token === "}") depth += 1;
    else if (token === "{") depth -= 1;
    else if (depth <= 0) path.unshift(token);
  }
  return path;
}
