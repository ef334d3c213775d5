import { KnownRegex } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { call } from "../printing.ts";
import type { RulePrinter, RuleTable } from "./checks.ts";
import { patternRule } from "./pattern.ts";
import { counted, membership, ruleValue, silent, switched, valued } from "./values.ts";

/** The rules of texts. */
export const stringRules: RuleTable = {
  ...membership("string"),
  len: counted("len"),
  min_len: counted("minLen"),
  max_len: counted("maxLen"),
  len_bytes: counted("lenBytes"),
  min_bytes: counted("minBytes"),
  max_bytes: counted("maxBytes"),
  pattern: patternRule("pattern"),
  prefix: valued("prefix"),
  suffix: valued("suffix"),
  contains: valued("contains"),
  not_contains: valued("notContains"),
  email: switched("email"),
  hostname: switched("hostname"),
  ip: switched("ip"),
  ipv4: switched("ip", "4"),
  ipv6: switched("ip", "6"),
  uri: switched("uri"),
  uri_ref: switched("uriReference"),
  address: switched("address"),
  uuid: switched("uuid"),
  tuuid: switched("tuuid"),
  ip_with_prefixlen: switched("ipWithPrefixLength"),
  ipv4_with_prefixlen: switched("ipWithPrefixLength", "4"),
  ipv6_with_prefixlen: switched("ipWithPrefixLength", "6"),
  ip_prefix: switched("ipPrefix"),
  ipv4_prefix: switched("ipPrefix", "4"),
  ipv6_prefix: switched("ipPrefix", "6"),
  host_and_port: switched("hostAndPort"),
  ulid: switched("ulid"),
  protobuf_fqn: switched("protobufName", "false"),
  protobuf_dot_fqn: switched("protobufName", "true"),
  well_known_regex: wellKnownRegex(),
  // The printer of well_known_regex reads it.
  strict: silent,
};

function wellKnownRegex(): RulePrinter {
  return (rules, field) => {
    const strict = rules.fields.find(({ name }) => name === "strict");
    const isStrict = !strict || !rules.isSet(strict) || rules.get(strict) === true;
    if (ruleValue(rules, field) === KnownRegex.HTTP_HEADER_NAME) return call("headerName", String(isStrict));
    if (ruleValue(rules, field) === KnownRegex.HTTP_HEADER_VALUE) return call("headerValue", String(isStrict));
    return undefined;
  };
}
