/** The name of a statement that has neither its values nor the rest of its text. */
export interface StatementName {
  /** `SELECT`; `_OTHER` if it is none of those below. */
  readonly operation: string;
  /** The operation and the tables: `SELECT orders order_lines`. */
  readonly summary: string;
}

const operations: ReadonlySet<string> = new Set([
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "WITH",
  "MERGE",
  "TRUNCATE",
  "LOCK",
]);

/** The most names that are kept. Further statements are named by their operation only. */
const maxNames = 1_000;

/** The most tables in a name. */
const maxTables = 4;

const literals = /'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$/gs;
const table = String.raw`\s+(?:only\s+)?(?:"?[a-z_]\w*"?\.)?"?([a-z_]\w*)"?`;
/** No function after `from`, and not the `update` of `on conflict do update` and `for update`. */
const tables = new RegExp(
  String.raw`\b(?:(?:from|join)${table}(?!\w|\s*\()|(?:into|(?<!\b(?:do|for|key)\s+)update)${table})`,
  "gi",
);

/** The longest text that is kept with its name, in UTF-16 code units: the text of a long list occurs once. */
const longestText = 2_000;

const byText = new Map<string, StatementName>();
const bySummary = new Map<string, StatementName>();

/** Returns the name of a statement. There is a bounded number of them, however many texts there are. */
export function statementName(text: string): StatementName {
  const known = byText.get(text);
  if (known) return known;
  const name = nameOf(text);
  if (text.length <= longestText && byText.size < maxNames) byText.set(text, name);
  return name;
}

function nameOf(text: string): StatementName {
  const operation = operationOf(text);
  const found = [...text.replaceAll(literals, "?").matchAll(tables)].map(([, from, into]) => from ?? into ?? "");
  const summary = [operation, ...[...new Set(found)].slice(0, maxTables)].join(" ");
  const known = bySummary.get(summary);
  if (known) return known;
  // There are few operations, so their own names always have room.
  if (bySummary.size >= maxNames && summary !== operation) return named(operation, operation);
  return named(operation, summary);
}

/** Returns the name with a summary, the same object each time: telemetry is kept by it. */
function named(operation: string, summary: string): StatementName {
  const name = bySummary.get(summary) ?? { operation, summary };
  bySummary.set(summary, name);
  return name;
}

function operationOf(text: string): string {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  return operations.has(word) ? word : "_OTHER";
}
