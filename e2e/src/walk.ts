/** A step of a walk-through in a shell: the commands, and their documented output. */
export interface Step {
  readonly commands: string;
  /** JSON values, one after the other. */
  readonly output: string;
}

/** Returns the steps of a page. Each is a block of `sh`, followed by a block of `json`. */
export function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/```sh\n(.*?)```\n\n```json\n(.*?)```/gs);
  return [...blocks].map(([, commands = "", output = ""]) => ({ commands, output }));
}

/** Returns the JSON values of a text. @throws Error if it is not JSON */
export function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  let pending = "";
  for (const line of text.split("\n")) {
    pending += `${line}\n`;
    const value = parsed(pending);
    if (value === undefined) continue;
    values.push(value);
    pending = "";
  }
  if (pending.trim() !== "") throw new Error(`this is no JSON: ${pending}`);
  return values;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Values that differ in every run: times, page tokens, the status of an order. */
const varying = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, /^[\w-]{40,}={0,2}$/, /^ORDER_STATUS_[A-Z]+$/];

/**
 * Replaces values of a run that can't be the same by those of the page.
 *
 * @param ids the ids of the page by those of the run, shared by all steps
 */
export function inWordsOf(page: unknown, run: unknown, ids: Map<string, string>): unknown {
  if (Array.isArray(page) && Array.isArray(run)) return run.map((item, index) => inWordsOf(page[index], item, ids));
  if (isObject(page) && isObject(run)) {
    return Object.fromEntries(Object.entries(run).map(([key, value]) => [key, inWordsOf(page[key], value, ids)]));
  }
  if (typeof page !== "string" || typeof run !== "string") return run;
  if (varying.some((kind) => kind.test(page) && kind.test(run))) return page;
  if (!uuid.test(page) || !uuid.test(run)) return run;
  if (!ids.has(run) && ![...ids.values()].includes(page)) ids.set(run, page);
  return ids.get(run) ?? run;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
