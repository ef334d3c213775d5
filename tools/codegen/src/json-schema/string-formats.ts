import type { JsonSchema } from "./schema.ts";

const label = "[a-zA-Z0-9](?:[a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?";
const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4 = `${octet}(?:\\.${octet}){3}`;
/** The characters of an IPv6 address. Only the format checks the address itself. */
const ipv6 = "[0-9a-fA-F:.]{2,45}(?:%.+)?";
const name = "[A-Za-z_][0-9A-Za-z_]*";

/**
 * The schemas of the well-known formats of texts, by their rule. In draft 2020-12, formats are annotations. A validator
 * that checks them rejects a few texts that protovalidate accepts, such as `a..b@example.com`, `example.com.` and
 * `fe80::1%eth0`. The pattern contains what every validator checks.
 */
export const stringFormats: Readonly<Record<string, JsonSchema>> = {
  // Source: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
  email: { format: "email", pattern: `^[a-zA-Z0-9.!#$%&'*+\\/=?^_\`\\{\\|\\}~\\-]+@${label}(?:\\.${label})*$` },
  hostname: { format: "hostname", minLength: 1, maxLength: 254, pattern: `^${label}(?:\\.${label})*\\.?$` },
  ip: {
    anyOf: [
      { format: "ipv4", pattern: `^${ipv4}$` },
      { format: "ipv6", pattern: `^${ipv6}$` },
    ],
  },
  ipv4: { format: "ipv4", pattern: `^${ipv4}$` },
  ipv6: { format: "ipv6", pattern: `^${ipv6}$` },
  uri: { format: "uri", pattern: "^[A-Za-z][0-9A-Za-z+.\\-]*:" },
  uri_ref: { format: "uri-reference" },
  address: { minLength: 1 },
  uuid: { format: "uuid", pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$" },
  tuuid: { pattern: "^[0-9a-fA-F]{32}$" },
  ulid: { pattern: "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$" },
  ip_with_prefixlen: { pattern: `^(?:${ipv4}|${ipv6})\\/[0-9]{1,3}$` },
  ipv4_with_prefixlen: { pattern: `^${ipv4}\\/[0-9]{1,2}$` },
  ipv6_with_prefixlen: { pattern: `^${ipv6}\\/[0-9]{1,3}$` },
  ip_prefix: { pattern: `^(?:${ipv4}|${ipv6})\\/[0-9]{1,3}$` },
  ipv4_prefix: { pattern: `^${ipv4}\\/[0-9]{1,2}$` },
  ipv6_prefix: { pattern: `^${ipv6}\\/[0-9]{1,3}$` },
  host_and_port: { pattern: "^.+:[0-9]{1,5}$" },
  protobuf_fqn: { pattern: `^${name}(?:\\.${name})*$` },
  protobuf_dot_fqn: { pattern: `^(?:\\.${name})+$` },
};
