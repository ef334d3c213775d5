/** A step of a walk through a shell: what is typed, and what is said to come of it. */
export interface Step {
  readonly commands: string;
  /** JSON values, one behind the other. */
  readonly output: string;
}

/** The steps of a page: each is a block of `sh`, with a block of `json` behind it. */
export function stepsOf(page: string): Step[] {
  const blocks = page.matchAll(/```sh\n(.*?)```\n\n```json\n(.*?)```/gs);
  return [...blocks].map(([, commands = "", output = ""]) => ({ commands, output }));
}

/** The JSON values of a text, whatever stands on which line. @throws Error where it is none */
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

/** What is another one each time, or may have moved on by now: times, page tokens, the status of an order. */
const varying = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, /^[\w-]{40,}={0,2}$/, /^ORDER_STATUS_[A-Z]+$/];

/**
 * The answers of a run in the words of the page: what can't be the same becomes what the page has at its place.
 *
 * @param ids which id of the run stands for which of the page, over all steps: the same one always for the same one
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
