import { text } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { patternRule } from "./pattern.ts";
import { counted, listed, silent, switched, valued } from "./values.ts";

/** The rules of bytes. */
export const bytesRules: RuleTable = {
  const: valued("equalBytes"),
  len: counted("lengthOf"),
  min_len: counted("minLength"),
  max_len: counted("maxLength"),
  pattern: patternRule("bytesPattern"),
  prefix: valued("bytesPrefix"),
  suffix: valued("bytesSuffix"),
  contains: valued("bytesContain"),
  in: listed("bytesIn"),
  not_in: listed("bytesNotIn"),
  ip: switched("bytesFormat", text("ip"), text("an IP address"), "[4, 16]"),
  ipv4: switched("bytesFormat", text("ipv4"), text("an IPv4 address"), "[4]"),
  ipv6: switched("bytesFormat", text("ipv6"), text("an IPv6 address"), "[16]"),
  uuid: switched("bytesFormat", text("uuid"), text("a UUID"), "[16]"),
  example: silent,
};
