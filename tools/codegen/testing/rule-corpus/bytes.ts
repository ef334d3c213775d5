import type { CorpusKind } from "./corpus-kind.ts";

const bytesOf = (...values: number[]) => new Uint8Array(values);
const textBytes = (text: string) => new TextEncoder().encode(text);

/** Bytes. */
export const bytes: CorpusKind = {
  type: "bytes",
  values: [
    bytesOf(),
    bytesOf(1),
    bytesOf(1, 2),
    bytesOf(1, 2, 3),
    bytesOf(0, 1, 2, 9),
    textBytes("foo"),
    textBytes("xfoox"),
    new Uint8Array(16),
    bytesOf(0xef, 0xbb, 0xbf, 0x66),
  ],
  rules: [
    '.bytes.const = "\\x01\\x02"',
    ".bytes.len = 2",
    ".bytes.min_len = 2",
    ".bytes.max_len = 2",
    '.bytes.prefix = "\\x01"',
    '.bytes.suffix = "\\x02"',
    '.bytes.contains = "\\x01\\x02"',
    '.bytes = {in: ["foo", "\\x01"]}',
    '.bytes = {not_in: ["foo", "\\x01"]}',
    '.bytes.pattern = "^[a-z]+$"',
    ".bytes.ip = true",
    ".bytes.ipv4 = true",
    ".bytes.ipv6 = true",
    ".bytes.uuid = true",
  ],
};
