// Imports no installed package: it runs before they are installed.

/**
 * The result of one check.
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {"pass" | "warn" | "fail"} status
 * @property {string} detail one line
 * @property {string} [fix] what to do, with a command
 */

/** @returns {Check} */
export const pass = (/** @type {string} */ name, /** @type {string} */ detail) => ({ name, status: "pass", detail });

/** @returns {Check} */
export const warn = (/** @type {string} */ name, /** @type {string} */ detail, /** @type {string} */ fix) => ({
  name,
  status: "warn",
  detail,
  fix,
});

/** @returns {Check} */
export const fail = (/** @type {string} */ name, /** @type {string} */ detail, /** @type {string} */ fix) => ({
  name,
  status: "fail",
  detail,
  fix,
});

/** @param {unknown} error @returns {string} the first line of its message */
export function reasonOf(error) {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { cause } = /** @type {{ cause?: unknown }} */ (inner ?? {});
  if (cause instanceof Error) return reasonOf(cause);
  const text = inner instanceof Error ? inner.message || inner.name : String(inner);
  return text.split("\n")[0] ?? "";
}
