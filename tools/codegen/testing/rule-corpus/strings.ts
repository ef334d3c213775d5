import type { CorpusKind } from "./corpus-kind.ts";

import { patterns } from "./patterns.ts";
import { texts } from "./texts.ts";

const formats = `email hostname ip ipv4 ipv6 uri uri_ref address uuid tuuid ip_with_prefixlen ipv4_with_prefixlen
  ipv6_with_prefixlen ip_prefix ipv4_prefix ipv6_prefix host_and_port ulid protobuf_fqn protobuf_dot_fqn`.split(/\s+/);

/** Strings, with every format. */
export const strings: CorpusKind = {
  type: "string",
  values: texts,
  rules: [
    '.string.const = "foo"',
    ".string.len = 2",
    ".string.min_len = 1",
    ".string.min_len = 2",
    ".string.max_len = 2",
    ".string.len_bytes = 4",
    ".string.min_bytes = 3",
    ".string.max_bytes = 4",
    '.string.prefix = "foo"',
    '.string.suffix = "foo"',
    '.string.contains = "foo"',
    '.string.not_contains = "foo"',
    '.string = {in: ["foo", "a"]}',
    '.string = {not_in: ["foo", "a"]}',
    '.string = {min_len: 2 max_len: 3 prefix: "a"}',
    ...formats.map((format) => `.string.${format} = true`),
    ".string.email = false",
    ".string.well_known_regex = KNOWN_REGEX_HTTP_HEADER_NAME",
    ".string.well_known_regex = KNOWN_REGEX_HTTP_HEADER_VALUE",
    ".string = {well_known_regex: KNOWN_REGEX_HTTP_HEADER_NAME strict: false}",
    ".string = {well_known_regex: KNOWN_REGEX_HTTP_HEADER_VALUE strict: false}",
    ...patterns.map((pattern) => `.string.pattern = "${pattern}"`),
  ],
};
