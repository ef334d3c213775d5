import { setTimeout as pause } from "node:timers/promises";

/** A terminal that shows one text at a time. */
export interface Screen {
  /** Aborts when the user ends it: by q, Ctrl-C or SIGTERM. */
  readonly ended: AbortSignal;
  /** Replaces the text. Lines for which there is no room are left out. */
  show(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

const esc = "\x1b[";
const [alternate, usual] = [`${esc}?1049h${esc}?25l`, `${esc}?25h${esc}?1049l`];

/** Opens the terminal of this process. */
export function openScreen(): Screen {
  const { stdin, stdout } = process;
  const ending = new AbortController();
  const end = () => ending.abort();
  const onKey = (key: Buffer) => {
    if (["q", "Q", "\x03", "\x1b"].includes(key.toString())) end();
  };
  let shown = "";
  const draw = () => void stdout.write(frame(shown, stdout.rows, stdout.columns));
  if (stdin.isTTY) stdin.setRawMode(true).on("data", onKey);
  stdout.on("resize", draw).write(alternate);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  return {
    ended: ending.signal,
    show(text) {
      shown = text;
      draw();
    },
    close() {
      stdout.off("resize", draw).write(usual);
      if (stdin.isTTY) stdin.off("data", onKey).setRawMode(false);
      stdin.pause();
    },
  };
}

/** Waits. Resolves early if the signal aborts. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await pause(ms, undefined, signal && { signal }).catch(() => {});
}

/** What is written to show a text from the first line of the screen on: each line is cut, and the rest is cleared. */
export function frame(text: string, rows: number, columns: number): string {
  const lines = text.trimEnd().split("\n");
  const shown = lines.slice(0, rows).map((line) => `${line.slice(0, columns)}${esc}K`);
  return `${esc}H${shown.join("\n")}${esc}J`;
}
