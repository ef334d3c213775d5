/** The bytes that a request asks for, before the size of the file is known. */
export interface AskedRange {
  /** The position of the first byte; if negative, the number of bytes at the end. */
  readonly offset: bigint;
  /** The number of bytes; 0: all that follow. */
  readonly limit: bigint;
}

/** The bytes from `start` up to `end`, which is not included. */
export interface SentRange {
  readonly start: number;
  readonly end: number;
}

/** No file is longer. */
const most = 2n ** 62n;

/**
 * Reads a header Range of one range of bytes. Undefined: there is none, it has several ranges or is none at all, and the whole file
 * is sent. Source: RFC 9110, 14.2
 */
export function rangeIn(header: string | undefined): AskedRange | undefined {
  const [, first, last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === undefined || (first === "" && last === "")) return undefined;
  if (first === "") return BigInt(last) === 0n ? { offset: most, limit: 0n } : { offset: -atMost(last), limit: 0n };
  const offset = atMost(first);
  if (last === "") return { offset, limit: 0n };
  const end = atMost(last);
  return end < offset ? undefined : { offset, limit: end - offset + 1n };
}

function atMost(digits: string): bigint {
  const value = BigInt(digits.slice(0, 100));
  return value > most ? most : value;
}

/** Returns the bytes of a file of a size that are asked for; undefined: it has none of them. */
export function sentRange({ offset, limit }: AskedRange, size: number): SentRange | undefined {
  const start = offset < 0n ? Math.max(0, size + Number(offset)) : Number(offset);
  if (start >= size) return undefined;
  return { start, end: limit === 0n ? size : Math.min(size, start + Number(limit)) };
}
