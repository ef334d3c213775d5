import { isIpv6 } from "./ip.ts";

// Source: RFC 3986, appendix A; RFC 6874 for zones of IPv6 addresses.
const escaped = "%[\\dA-Fa-f]{2}";
const plain = "[\\w.~!$&'()*+,;=-]"; // unreserved and sub-delims
const segment = `(?:[\\w.~!$&'()*+,;=:@-]|${escaped})`; // pchar
const host = `\\[[^\\]/?#]*\\]|(?:${plain}|${escaped})*`;
const authority = `(?:(?:${plain}|:|${escaped})*@)?(?<host>${host})(?::\\d*)?`;
const absolutePath = `/(?:${segment}+(?:/${segment}*)*)?`;
const end = `(?:\\?(?:${segment}|[/?])*)?(?:#(?:${segment}|[/?])*)?`;

const uriPattern = new RegExp(
  `^[A-Za-z][\\dA-Za-z+.-]*:(?://${authority}(?:/${segment}*)*|${absolutePath}|(?:${segment}+(?:/${segment}*)*)?)${end}$`,
);
const relativePattern = new RegExp(
  `^(?://${authority}(?:/${segment}*)*|${absolutePath}|(?:(?:${plain}|@|${escaped})+(?:/${segment}*)*)?)${end}$`,
);

/** Returns whether a text is a URI: `https://example.com/a?b#c`. */
export function isUri(text: string): boolean {
  return hasValidHost(uriPattern.exec(text));
}

/** Returns whether a text is a URI or a relative reference: `./a?b`. */
export function isUriReference(text: string): boolean {
  return isUri(text) || hasValidHost(relativePattern.exec(text));
}

function hasValidHost(match: RegExpExecArray | null): boolean {
  if (!match) return false;
  const name = match.groups?.host ?? "";
  return isDecodable(name) && (!name.startsWith("[") || isIpLiteral(name.slice(1, -1)));
}

/** Escapes in a host must be UTF-8. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isIpLiteral(text: string): boolean {
  if (/^v[\dA-Fa-f]+\.[\w.~!$&'()*+,;=:-]+$/.test(text)) return true;
  const [, address = "", zone] = /^([\dA-Fa-f:]*)(?:%25((?:[\w.~-]|%[\dA-Fa-f]{2})+))?$/.exec(text) ?? [];
  return isIpv6(address) && (zone === undefined || zone.length > 0);
}
