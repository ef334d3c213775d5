import { inspect, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Names and colors of pino's levels. */
const levels: Readonly<Record<number, readonly [string, Style]>> = {
  10: ["TRACE", "gray"],
  20: ["DEBUG", "blue"],
  30: ["INFO ", "green"],
  40: ["WARN ", "yellow"],
  50: ["ERROR", "red"],
  60: ["FATAL", "bgRed"],
};

/** Fields that are not among the details: each line has them, or shows them in another way. */
const shownApart = new Set(["level", "time", "name", "msg", "err", "pid", "hostname", "traceId", "spanId"]);

/** Returns the level of a JSON line, or undefined for any other line. */
export function levelOf(line: string): number | undefined {
  const level = parse(line)?.level;
  return typeof level === "number" ? level : undefined;
}

/** Formats a JSON line for people; returns any other line unchanged. */
export function formatLine(line: string): string {
  const entry = parse(line);
  if (!entry || typeof entry.level !== "number") return line;
  const [name, style] = levels[entry.level] ?? ["LOG  ", "white"];
  const rest = Object.entries(entry).filter(([key]) => !shownApart.has(key));
  const details = rest.map(
    ([key, value]) => `${key}=${shortened(typeof value === "string" ? value : inspect(value, inOneLine))}`,
  );
  const head = [
    timeOf(entry.time),
    styleText(style, name),
    shortened(String(entry.msg ?? "")),
    styleText("gray", details.join(" ")),
  ];
  return [head.filter(Boolean).join(" "), ...stackOf(entry.err)].join("\n");
}

/** The second stack in an error of grpc-js: where the call was made, in code of the mesh. */
const callSite = /\nfor call at(\n +at .*)+/g;
const frame = /^ +at /;
/** A stack frame in Node or grpc-js. */
const foreignFrame = /^ +at .*(node:internal|node_modules[\\/]@grpc[\\/])/;
/** A stack frame in the steps around each handler and task. */
const stepFrame = /^ +at .*[\\/]shared[\\/](rpc[\\/]src[\\/]server|runtime[\\/]src|service[\\/]src)[\\/]/;
const longQuery = /(\?[^\s"']{40})[^\s"']+/g;

const inOneLine = { depth: 4, breakLength: Number.POSITIVE_INFINITY };

function timeOf(time: unknown): string {
  if (typeof time !== "number") return "";
  const at = new Date(time);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return styleText("gray", `${clock.join(":")}.${String(at.getMilliseconds()).padStart(3, "0")}`);
}

function stackOf(error: unknown): string[] {
  if (typeof error !== "object" || error === null || !("stack" in error)) return [];
  const lines = String(error.stack).replaceAll(callSite, "").split("\n");
  return (
    lines
      .filter((line) => !foreignFrame.test(line))
      .filter((line, index, rest) => !stepFrame.test(line) || !frame.test(rest[index - 1] ?? ""))
      // A cause mostly has the frames of the error before it.
      .filter((line, index, rest) => !frame.test(line) || rest.indexOf(line) === index)
      .map((line) => `  ${line}`)
  );
}

/** Shortens the queries of URLs, such as the input of a tRPC query, and the stack frames that grpc-js adds to its errors. */
function shortened(text: string): string {
  return text.replaceAll(callSite, "").replaceAll(longQuery, "$1…");
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
