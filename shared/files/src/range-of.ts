import type { ByteRange } from "./objects.ts";

/**
 * Returns the bytes of a file that a request asks for, by the fields that the option `download` of a contract names. Undefined if
 * the file has no byte at the offset.
 *
 * @param size of the whole file, in bytes
 * @param offset the position of the first byte; if negative, the number of bytes at the end
 * @param limit the number of bytes; 0: all that follow
 *
 * @example
 * ```ts
 * import { rangeOf } from "@mesh/files";
 *
 * rangeOf(1_000, -100n, 0n); // { start: 900, end: 1000 }
 * ```
 */
export function rangeOf(size: number, offset: bigint, limit: bigint): Required<ByteRange> | undefined {
  const start = offset < 0n ? Math.max(0, size + Number(offset)) : Number(offset);
  if (start >= size && !(start === 0 && offset === 0n)) return undefined;
  return { start, end: limit === 0n ? size : Math.min(size, start + Number(limit)) };
}
