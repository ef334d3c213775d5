import type { IncomingHttpHeaders } from "node:http2";

const timeoutHeader = "grpc-timeout";
const encodingHeader = "grpc-encoding";

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** The longest time of a timer, in whole seconds. */
const maxSeconds = Math.floor((2 ** 31 - 1) / 1_000);

/** An encoding that no message has. */
const noEncoding = "none";

/**
 * Changes headers that grpc-js reads wrongly:
 *
 * - A `grpc-timeout` beyond 2^31 ms (597 h) becomes 2^31 ms, and one below 1 ms becomes 1 ms. grpc-js keeps the lower 32
 *   bits, and may end the call immediately.
 * - Without a `grpc-encoding`, grpc-js takes a message that is marked as compressed for an uncompressed one. It rejects
 *   one whose encoding it does not know.
 */
export function repairHeaders(headers: IncomingHttpHeaders): void {
  headers[encodingHeader] ??= noEncoding;
  const text = headers[timeoutHeader];
  if (typeof text === "string") headers[timeoutHeader] = clampTimeout(text);
}

function clampTimeout(text: string): string {
  const [, digits, unit = ""] = /^(\d+)([HMSmun])$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const ms = Number(digits) * (unitMs[unit] ?? 1);
  if (ms < 1) return "1m";
  return ms > maxSeconds * 1_000 ? `${maxSeconds}S` : text;
}
