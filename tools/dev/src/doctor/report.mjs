// Imports no installed package: it runs before they are installed.
import { styleText } from "node:util";

/** @typedef {{ name: string, checks: import("./check.mjs").Check[] }} Group */

const marks = /** @type {const} */ ({ pass: ["✓", "green"], warn: ["!", "yellow"], fail: ["✗", "red"] });

/** @param {readonly Group[]} groups @returns {0 | 1} 1 if a check has failed */
export function exitCodeOf(groups) {
  return count(groups, "fail") > 0 ? 1 : 0;
}

/**
 * Returns the results as text for people, or as JSON for programs.
 *
 * @param {readonly Group[]} groups
 * @param {{ json?: boolean | undefined, isTerminal: boolean, tookMs: number }} options
 */
export function reportOf(groups, { json, isTerminal, tookMs }) {
  if (json) return `${JSON.stringify({ ok: exitCodeOf(groups) === 0, groups }, undefined, 2)}\n`;
  const paint = (/** @type {Parameters<typeof styleText>[0]} */ style, /** @type {string} */ text) =>
    isTerminal ? styleText(style, text) : text;
  const width = Math.max(...groups.flatMap(({ checks }) => checks.map(({ name }) => name.length)));
  const lines = groups.flatMap(({ name, checks }) => [
    "",
    paint("bold", name),
    ...checks.flatMap(({ name, status, detail, fix }) => {
      const [mark, color] = marks[status];
      const line = `  ${paint(color, mark)} ${name.padEnd(width)}  ${detail}`;
      return fix ? [line, `    ${" ".repeat(width)}  → ${fix}`] : [line];
    }),
  ]);
  const parts = [
    `${count(groups, "pass")} passed`,
    plural(count(groups, "warn"), "warning"),
    `${count(groups, "fail")} failed`,
  ];
  return `${[...lines, "", `${parts.join(", ")} (${(tookMs / 1000).toFixed(1)} s)`, ""].join("\n")}`;
}

/** @param {readonly Group[]} groups @param {string} status */
function count(groups, status) {
  return groups.flatMap(({ checks }) => checks).filter((check) => check.status === status).length;
}

/** @param {number} number @param {string} word */
function plural(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
