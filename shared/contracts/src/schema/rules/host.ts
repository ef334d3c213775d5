import { isIpv4, isIpv6 } from "./ip.ts";

const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const hostnamePattern = new RegExp(`^(?:${label}\\.)*(?!\\d+\\.?$)${label}\\.?$`);

/**
 * Returns whether a text is a hostname: at most 253 characters, without a final dot, and the last label is not a number.
 * Source: RFC 1123.
 */
export function isHostname(text: string): boolean {
  return text.length - Number(text.endsWith(".")) <= 253 && hostnamePattern.test(text);
}

/** Returns whether a text is a host and a port: `example.com:80`, `127.0.0.1:80`, `[::1]:80`. */
export function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(":");
  return isPort(text.slice(colon + 1)) && isHost(text.slice(0, Math.max(colon, 0)));
}

/** Returns whether a text is a host, as written before a port: `example.com`, `127.0.0.1`, `[::1]`. */
export function isHost(text: string): boolean {
  if (text.startsWith("[")) return text.endsWith("]") && isIpv6(text.slice(1, -1));
  return isHostname(text) || isIpv4(text);
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}
