import type { RuleSet } from "../rules/rule-set.ts";
import { html, type Part } from "./html.ts";

/** The names of the well-known formats. */
const formats = new Map([
  ["email", "an email address"],
  ["hostname", "a host name"],
  ["ip", "an IP address"],
  ["ipv4", "an IPv4 address"],
  ["ipv6", "an IPv6 address"],
  ["uri", "a URI"],
  ["uri_ref", "a URI reference"],
  ["address", "a host name or an IP address"],
  ["uuid", "a UUID"],
  ["tuuid", "a UUID without dashes"],
  ["ulid", "a ULID"],
  ["ip_with_prefixlen", "an IP address with its prefix length"],
  ["ipv4_with_prefixlen", "an IPv4 address with its prefix length"],
  ["ipv6_with_prefixlen", "an IPv6 address with its prefix length"],
  ["ip_prefix", "an IP prefix"],
  ["ipv4_prefix", "an IPv4 prefix"],
  ["ipv6_prefix", "an IPv6 prefix"],
  ["host_and_port", "a host and a port"],
  ["protobuf_fqn", "a full protobuf name"],
  ["protobuf_dot_fqn", "a full protobuf name with a leading dot"],
  ["well_known_regex", "the name or the value of an HTTP header"],
]);

/** The meaning of rules that are on or off. */
const switches = new Map([
  ["finite", "a finite number"],
  ["defined_only", "only declared values"],
  ["unique", "no duplicates"],
  ["lt_now", "in the past"],
  ["gt_now", "in the future"],
]);

/** The words before the value of a rule. */
const prefixes = new Map([
  ["const", "exactly"],
  ["in", "one of"],
  ["not_in", "none of"],
  ["pattern", "matches"],
  ["prefix", "begins with"],
  ["suffix", "ends with"],
  ["contains", "contains"],
  ["not_contains", "does not contain"],
  ["within", "at most this far from now:"],
]);

const sizes = [
  { exact: "len", least: "min_len", most: "max_len", unit: "character" },
  { exact: "len_bytes", least: "min_bytes", most: "max_bytes", unit: "byte" },
  { exact: "", least: "min_items", most: "max_items", unit: "item" },
  { exact: "", least: "min_pairs", most: "max_pairs", unit: "entry" },
];

/** Rules that print no phrase of their own: another phrase includes them, or they are not shown. */
const silent = new Set([
  "example",
  "strict",
  "items",
  "keys",
  "values",
  "gt",
  "gte",
  "lt",
  "lte",
  ...sizes.flatMap(({ exact, least, most }) => [exact, least, most]),
]);

/** Describes the rules of one kind, with a phrase for each. */
export function phrasesOf(rules: RuleSet): Part[] {
  const others = rules.names.filter((name) => !silent.has(name) && rules.value(name) !== false);
  return [
    ...range(rules),
    ...sizes.flatMap((size) => sizePhrase(rules, size)),
    ...others.map((name) => phrase(rules, name)),
  ];
}

function phrase(rules: RuleSet, name: string): Part {
  const plain = formats.get(name) ?? switches.get(name);
  if (plain) return plain;
  const before = prefixes.get(name);
  return before ? html`${before} <code>${rules.valueText(name)}</code>` : html`<code>${rules.text([name])}</code>`;
}

function range(rules: RuleSet): Part[] {
  const { gt, gte, lt, lte } = {
    gt: rules.has("gt"),
    gte: rules.has("gte"),
    lt: rules.has("lt"),
    lte: rules.has("lte"),
  };
  if (gte && lte && Number(rules.value("gte")) <= Number(rules.value("lte"))) {
    return [`${rules.valueText("gte")} to ${rules.valueText("lte")}`];
  }
  const lower = gt ? `more than ${rules.valueText("gt")}` : gte && `at least ${rules.valueText("gte")}`;
  const upper = lt ? `less than ${rules.valueText("lt")}` : lte && `at most ${rules.valueText("lte")}`;
  const least = rules.ordered(gt ? "gt" : "gte");
  const most = rules.ordered(lt ? "lt" : "lte");
  // A lower end above the upper one means the values outside of both. Source: validate.proto
  const isOutside = least !== undefined && most !== undefined && least > most;
  const words = [lower, upper].filter((one) => one !== false);
  return words.length > 0 ? [words.join(isOutside ? " or " : " and ")] : [];
}

function sizePhrase(rules: RuleSet, { exact, least, most, unit }: (typeof sizes)[number]): Part[] {
  const one = rules.kind === "bytes" && unit === "character" ? "byte" : unit;
  const count = (name: string) => `${rules.valueText(name)} ${Number(rules.value(name)) === 1 ? one : plural(one)}`;
  if (rules.has(exact)) return [`exactly ${count(exact)}`];
  if (rules.has(least) && rules.has(most)) return [`${rules.valueText(least)} to ${count(most)}`];
  if (rules.has(least)) return [`at least ${count(least)}`];
  return rules.has(most) ? [`at most ${count(most)}`] : [];
}

function plural(unit: string): string {
  return unit === "entry" ? "entries" : `${unit}s`;
}
