import { stdout } from "node:process";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clearLine = "\r\u001b[2K";

/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * Prints the steps of a start. On a terminal, it updates one line for the current step. Elsewhere, it prints a line when
 * a step is done, and one every ten seconds while a step runs.
 */
export function createProgress({ out = stdout, isTerminal = out.isTTY } = {}) {
  let current;

  /**
   * Prints lines, above the line of the current step.
   *
   * @param {string} text
   */
  function print(text) {
    out.write(current && isTerminal ? `${clearLine}${text}\n` : `${text}\n`);
    if (isTerminal) draw();
  }

  function draw() {
    if (!current) return;
    const { title, detail, startedAt } = current;
    const frame = frames[Math.floor(Date.now() / 100) % frames.length];
    const text = [`${frame} ${title}`, seconds(startedAt), detail()].filter(Boolean).join("  ");
    out.write(`${clearLine}${text.slice(0, (out.columns || 80) - 1)}`);
  }

  function remind() {
    const { title, startedAt, detail } = current;
    out.write(`… ${[title, seconds(startedAt), detail()].filter(Boolean).join("  ")}\n`);
  }

  /**
   * Runs one step at a time, and shows its title and duration. A step that throws, or leaves something undone, has failed.
   *
   * @template T
   * @param {string} title
   * @param {() => Promise<T>} work
   * @param {() => string} detail returns what is not done yet
   * @returns {Promise<T>}
   */
  async function step(title, work, detail = () => "") {
    const startedAt = Date.now();
    current = { title, startedAt, detail };
    const timer = setInterval(isTerminal ? draw : remind, isTerminal ? 100 : 10_000);
    if (isTerminal) draw();
    try {
      const result = await work();
      const undone = detail();
      end([`${undone ? "✗" : "✓"} ${title.padEnd(30)} ${seconds(startedAt)}`, undone].filter(Boolean).join("  "));
      return result;
    } catch (error) {
      end(`✗ ${title}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  function end(line) {
    if (isTerminal) out.write(clearLine);
    current = undefined;
    out.write(`${line}\n`);
  }

  return { print, step };
}

function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
