// Says what a long step is doing, and how long it has been at it.
import { stdout } from "node:process";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const clearLine = "\r\u001b[2K";

/**
 * Reports the steps of a start: on a terminal a line that moves, elsewhere a line when a step is done and, so that
 * nobody takes it for stuck, one every ten seconds.
 */
export function createProgress({ out = stdout, isTerminal = out.isTTY } = {}) {
  let current;

  /** Prints lines, above the moving one if there is one. */
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
   * Runs one step; steps follow one another.
   *
   * @param detail says what is being waited for
   */
  async function step(title, work, detail = () => "") {
    const startedAt = Date.now();
    current = { title, startedAt, detail };
    const timer = setInterval(isTerminal ? draw : remind, isTerminal ? 100 : 10_000);
    if (isTerminal) draw();
    try {
      const result = await work();
      end(`✓ ${title.padEnd(30)} ${seconds(startedAt)}`);
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
