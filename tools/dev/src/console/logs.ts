import { open } from "node:fs/promises";
import { inspect } from "node:util";
import type { LogLine, LogList } from "./shapes.ts";
import type { ConsoleProcess } from "./source.ts";

/** Which lines are listed. */
export interface LogFilter {
  readonly process?: string | undefined;
  readonly traceId?: string | undefined;
  /** A part of the line, in any case. */
  readonly text?: string | undefined;
  /** Whether to list only warnings and errors. */
  readonly warningsOnly?: boolean | undefined;
}

/** How much of the end of each log is read, in bytes. */
const maxBytes = 4 * 1024 * 1024;
const maxLines = 500;
/** The level of a warning in pino. */
const warning = 40;

const levels = new Map<unknown, LogLine["level"]>([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);

/** Fields that are not among the details: each line has them, or shows them in another way. */
const shownApart = new Set(["level", "time", "name", "msg", "err", "pid", "hostname", "traceId", "spanId"]);

/** Returns the latest lines that match a filter, from the logs of all processes. */
export async function readLogs(processes: readonly ConsoleProcess[], filter: LogFilter): Promise<LogList> {
  const chosen = processes.filter(({ name }) => !filter.process || name === filter.process);
  const lists = await Promise.all(
    chosen.map(async ({ name, logFile }) => linesOf(name, (await endOf(logFile)).split("\n"), filter)),
  );
  const lines = lists.flat().sort((one, other) => one.sortMs - other.sortMs);
  return {
    lines: lines.slice(-maxLines).map(({ sortMs, ...line }) => line),
    hasMore: lines.length > maxLines,
  };
}

/** A line without a time comes after the line before it. */
interface SortedLine extends LogLine {
  readonly sortMs: number;
}

function linesOf(process: string, texts: readonly string[], filter: LogFilter): SortedLine[] {
  const wanted = filter.text?.toLowerCase();
  const found: SortedLine[] = [];
  let sortMs = 0;
  for (const text of texts) {
    const entry = entryOf(text);
    if (typeof entry?.time === "number") sortMs = entry.time;
    if (text === "" || (filter.traceId && entry?.traceId !== filter.traceId)) continue;
    if (filter.warningsOnly && Number(entry?.level ?? 0) < warning) continue;
    if (wanted && !text.toLowerCase().includes(wanted)) continue;
    found.push({ ...(entry ? lineOf(process, entry) : plainLine(process, text)), sortMs });
    // Of each log, no more than these can be among the latest.
    if (found.length > 2 * maxLines) found.splice(0, maxLines);
  }
  return found;
}

function lineOf(process: string, entry: Readonly<Record<string, unknown>>): LogLine {
  const details = Object.entries(entry).filter(([name]) => !shownApart.has(name));
  const { err } = entry;
  const stack = typeof err === "object" && err !== null && "stack" in err ? String(err.stack) : null;
  return {
    process,
    atMs: typeof entry.time === "number" ? entry.time : null,
    level: levels.get(entry.level) ?? null,
    text: String(entry.msg ?? ""),
    traceId: typeof entry.traceId === "string" ? entry.traceId : null,
    details: details.map(([name, value]) => `${name}=${typeof value === "string" ? value : oneLine(value)}`).join(" "),
    stack,
  };
}

function plainLine(process: string, text: string): LogLine {
  return { process, atMs: null, level: null, text, traceId: null, details: "", stack: null };
}

function oneLine(value: unknown): string {
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY });
}

function entryOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the end of a file, without the line that the limit cuts. Returns "" if there is no file. */
async function endOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - maxBytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const text = buffer.toString("utf8", 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}
