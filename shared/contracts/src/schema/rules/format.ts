import { violation } from "../issue.ts";
import { type Keywords, type Rule, rule, ruleOf } from "../rule.ts";
import { isHostAndPort, isHostname } from "./host.ts";
import { isIpv4, isIpv4Prefix, isIpv6, isIpv6Prefix } from "./ip.ts";
import { isUri, isUriReference } from "./uri.ts";

/** A rule for a well-known format; an empty text breaks a rule of its own, as in protovalidate. */
function format(
  name: string,
  noun: string,
  test: (value: string) => boolean,
  json?: Keywords,
  part = "",
): Rule<string> {
  const path = `string.${name}`;
  return ruleOf(
    (value) => value !== "" && test(value),
    (value) => violation(value, `${path}${part}${value === "" ? "_empty" : ""}`, `must be ${noun}`, false, path),
    json,
  );
}

function matching(name: string, noun: string, expression: RegExp, json?: Keywords, part?: string): Rule<string> {
  return format(name, noun, (value) => expression.test(value), json ?? { pattern: expression.source }, part);
}

const uuidPattern = /*@__PURE__*/ hexadecimal(8, 4, 4, 4, 12);
const tuuidPattern = /*@__PURE__*/ hexadecimal(32);

/** `uuid`: of any version, with hyphens. */
export function uuid(): Rule<string> {
  return matching("uuid", "a UUID", uuidPattern, { format: "uuid" });
}

/** `tuuid`: a UUID without hyphens. */
export function tuuid(): Rule<string> {
  return matching("tuuid", "a UUID without hyphens", tuuidPattern);
}

/** Groups of digits, with hyphens between. Written out: a counted repetition (`{8}`) takes more than twice the time. */
function hexadecimal(...counts: readonly number[]): RegExp {
  return new RegExp(`^${counts.map((count) => "[\\dA-Fa-f]".repeat(count)).join("-")}$`);
}

/** `ulid` */
export function ulid(): Rule<string> {
  return matching("ulid", "a ULID", /^[0-7][\dA-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/);
}

// Source: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const emailLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const emailPattern = new RegExp(`^[a-zA-Z0-9.!#$%&'*+/=?^_\`{|}~-]+@${emailLabel}(?:\\.${emailLabel})*$`);

/** `email`: as the HTML standard defines it. */
export function email(): Rule<string> {
  return matching("email", "an email address", emailPattern, { format: "email" });
}

/** Returns whether a text is an email address, as the HTML standard defines it. */
export function isEmail(text: string): boolean {
  return emailPattern.test(text);
}

/** `hostname` */
export function hostname(): Rule<string> {
  return format("hostname", "a hostname", isHostname);
}

/** `address`: a hostname or an IP address. */
export function address(): Rule<string> {
  return format("address", "a hostname or an IP address", (text) => isHostname(text) || isIpv4(text) || isIpv6(text));
}

/** `host_and_port` */
export function hostAndPort(): Rule<string> {
  return format("host_and_port", "a host and a port", isHostAndPort);
}

/** `ip`, `ipv4` and `ipv6` */
export function ip(version?: 4 | 6): Rule<string> {
  const test = (text: string) => (version !== 6 && isIpv4(text)) || (version !== 4 && isIpv6(text));
  return format(`ip${version ? `v${version}` : ""}`, `an IP${version ? `v${version}` : ""} address`, test);
}

/** `ip_prefix` and its like; the bits after the prefix are zero. */
export function ipPrefix(version?: 4 | 6): Rule<string> {
  return prefixed(version, "prefix", "prefix", true);
}

/** `ip_with_prefixlen` and its like: an address of a network. */
export function ipWithPrefixLength(version?: 4 | 6): Rule<string> {
  return prefixed(version, "with_prefixlen", "address with its prefix length", false);
}

function prefixed(version: 4 | 6 | undefined, id: string, noun: string, strict: boolean): Rule<string> {
  const test = (text: string) =>
    (version !== 6 && isIpv4Prefix(text, strict)) || (version !== 4 && isIpv6Prefix(text, strict));
  const suffix = version ? `v${version}` : "";
  return format(`ip${suffix}_${id}`, `an IP${suffix} ${noun}`, test);
}

/** `uri` */
export function uri(): Rule<string> {
  return format("uri", "a URI", isUri);
}

/** `uri_ref`; an empty text is one. */
export function uriReference(): Rule<string> {
  return rule("string.uri_ref", isUriReference, "must be a URI or a relative reference");
}

/** `protobuf_fqn` and, with a leading dot, `protobuf_dot_fqn` */
export function protobufName(dotted: boolean): Rule<string> {
  const expression = dotted ? /^(?:\.[A-Za-z_]\w*)+$/ : /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
  return matching(dotted ? "protobuf_dot_fqn" : "protobuf_fqn", "a full protobuf name", expression);
}

const knownPath = "string.well_known_regex";

/** `well_known_regex: KNOWN_REGEX_HTTP_HEADER_NAME` */
export function headerName(strict: boolean): Rule<string> {
  const expression = strict ? /^:?[\da-zA-Z!#$%&'*+-.^_|~`]+$/ : /^[^\0\n\r]+$/;
  return matching("well_known_regex", "the name of an HTTP header", expression, undefined, ".header_name");
}

/** `well_known_regex: KNOWN_REGEX_HTTP_HEADER_VALUE`; an empty text is one. */
export function headerValue(strict: boolean): Rule<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in it.
  const expression = strict ? /^[^\0-\x08\n-\x1f\x7f]*$/ : /^[^\0\n\r]*$/;
  const message = "must be the value of an HTTP header";
  return ruleOf(
    (value) => expression.test(value),
    (value) => violation(value, `${knownPath}.header_value`, message, false, knownPath),
  );
}
