/** The parts of an IPv6 address. */
interface Ipv6 {
  /** The 16-bit groups that are written out; a dotted end counts as two. */
  readonly groups: readonly number[];
  /** The index of the group after `::`; -1: there is no `::`. */
  readonly gap: number;
  /** The index of the address's end, before a zone or a prefix length. */
  readonly end: number;
}

const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ipv4Pattern = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** Returns whether a text is an IPv4 address, in decimal and without leading zeros. */
export function isIpv4(text: string): boolean {
  return ipv4Pattern.test(text);
}

/** Returns whether a text is an IPv6 address, perhaps with a zone: `fe80::1%eth0`. Source: RFC 4291, RFC 4007. */
export function isIpv6(text: string): boolean {
  const address = readIpv6(text);
  if (!address) return false;
  const rest = text.slice(address.end);
  // As in protovalidate, an address that ends dotted takes no zone.
  return rest === "" || (rest.length > 1 && rest.startsWith("%") && !text.slice(0, address.end).includes("."));
}

/** Returns whether a text is an IPv4 address and a prefix length; `strict`: all bits after the prefix are zero. */
export function isIpv4Prefix(text: string, strict: boolean): boolean {
  const [address = "", length = "", ...more] = text.split("/");
  if (more.length > 0 || !isIpv4(address) || !isPrefixLength(length, 32)) return false;
  const bits = address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  return !strict || endsInZeros(bits, 32 - Number(length));
}

/** Returns whether a text is an IPv6 address and a prefix length; `strict`: all bits after the prefix are zero. */
export function isIpv6Prefix(text: string, strict: boolean): boolean {
  const address = readIpv6(text);
  if (!address || text[address.end] !== "/") return false;
  const length = text.slice(address.end + 1);
  return isPrefixLength(length, 128) && (!strict || endsInZeros(bitsOf(address), 128 - Number(length)));
}

function isPrefixLength(text: string, max: number): boolean {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= max;
}

function endsInZeros(bits: bigint, count: number): boolean {
  return bits % 2n ** BigInt(count) === 0n;
}

function bitsOf({ groups, gap }: Ipv6): bigint {
  const zeros = gap < 0 ? [] : Array.from({ length: Math.max(0, 8 - groups.length) }, () => 0);
  const all = [...groups.slice(0, Math.max(gap, 0)), ...zeros, ...groups.slice(Math.max(gap, 0))];
  return all.length === 8 ? all.reduce((sum, group) => sum * 65_536n + BigInt(group), 0n) : 0n;
}

/**
 * Reads the address at the start of a text, as protovalidate does; that takes a little more than RFC 4291: a single colon
 * before a zone or a prefix length, and more groups than there is room for between `::` and a dotted end.
 */
function readIpv6(text: string): Ipv6 | undefined {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  while (at < text.length) {
    const dotted = gap >= 0 || groups.length === 6 ? runAt(isDotted, text, at) : at;
    if (dotted - at >= 7) {
      const ipv4 = text.slice(at, dotted);
      return isIpv4(ipv4) ? { groups: [...groups, ...dottedGroups(ipv4)], gap, end: dotted } : undefined;
    }
    const group = runAt(isHexadecimal, text, at);
    const end = group > at ? group : runAt(isColon, text, at, 3);
    if (end === at) break;
    const colons = group > at ? 0 : end - at;
    if (group - at > 4 || isMisplaced(colons, at, text.length, gap)) return undefined;
    // More than eight groups are wrong anyway; there may be half a million.
    if (group > at) groups.push(groups.length < 8 ? Number.parseInt(text.slice(at, group), 16) : 0);
    if (colons === 2) gap = groups.length;
    at = end;
  }
  const isComplete = gap >= 0 ? groups.length < 8 : groups.length === 8;
  return isComplete ? { groups, gap, end: at } : undefined;
}

function isMisplaced(colons: number, at: number, length: number, gap: number): boolean {
  if (colons === 1) return at === 0 || at + 1 === length;
  return colons === 3 || (colons === 2 && gap >= 0);
}

/** Returns the end of a run of characters. Compares codes, because a text of a megabyte may consist of groups only. */
function runAt(isKind: (code: number) => boolean, text: string, at: number, max = Infinity): number {
  let end = at;
  while (end < text.length && end - at < max && isKind(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isDotted(code: number): boolean {
  return isDigit(code) || code === 46;
}

function isHexadecimal(code: number): boolean {
  const lower = code | 32;
  return isDigit(code) || (lower >= 97 && lower <= 102);
}

function isColon(code: number): boolean {
  return code === 58;
}

function dottedGroups(dotted: string): [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
}
