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
const tables = /\b(?:from|into|update|join)\s+(?:only\s+)?(?:"?[a-z_]\w*"?\.)?"?([a-z_]\w*)"?/gi;

const names = new Map<string, StatementName>();
const operationNames = new Map<string, StatementName>();

/** Returns the name of a statement. There is a bounded number of them, however many texts there are. */
export function statementName(text: string): StatementName {
  const known = names.get(text);
  if (known) return known;
  const operation = operationOf(text);
  if (names.size >= maxNames) return operationName(operation);
  const found = [...text.replaceAll(literals, "?").matchAll(tables)].map(([, table = ""]) => table);
  const name = { operation, summary: [operation, ...[...new Set(found)].slice(0, maxTables)].join(" ") };
  names.set(text, name);
  return name;
}

function operationName(operation: string): StatementName {
  const name = operationNames.get(operation) ?? { operation, summary: operation };
  operationNames.set(operation, name);
  return name;
}

function operationOf(text: string): string {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "";
  return operations.has(word) ? word : "_OTHER";
}
