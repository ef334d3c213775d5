import type { Facts } from "@mesh/codegen/words/facts";
import { html, type Part } from "./html.ts";

/** What well-known formats are called. */
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
  ["protobuf_fqn", "a full name of protobuf"],
  ["protobuf_dot_fqn", "a full name of protobuf with a leading dot"],
  ["well_known_regex", "the name or the value of an HTTP header"],
]);

/** What rules that are on or off mean. */
const switches = new Map([
  ["finite", "a finite number"],
  ["defined_only", "only values that are declared"],
  ["unique", "none of them twice"],
  ["lt_now", "in the past"],
  ["gt_now", "in the future"],
]);

/** What comes before the value of a rule. */
const prefixes = new Map([
  ["const", "exactly"],
  ["in", "one of"],
  ["not_in", "none of"],
  ["pattern", "matches"],
  ["prefix", "begins with"],
  ["suffix", "ends with"],
  ["contains", "contains"],
  ["not_contains", "does not contain"],
  ["within", "from now at most"],
]);

const sizes = [
  { exact: "len", least: "min_len", most: "max_len", unit: "character" },
  { exact: "len_bytes", least: "min_bytes", most: "max_bytes", unit: "byte" },
  { exact: "", least: "min_items", most: "max_items", unit: "item" },
  { exact: "", least: "min_pairs", most: "max_pairs", unit: "entry" },
];

/** Rules that are told with another, apart, or to nobody. */
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

/** The rules of one kind in words, a phrase each. */
export function phrasesOf(facts: Facts): Part[] {
  const others = facts.names.filter((name) => !silent.has(name) && facts.value(name) !== false);
  return [
    ...range(facts),
    ...sizes.flatMap((size) => sizePhrase(facts, size)),
    ...others.map((name) => phrase(facts, name)),
  ];
}

function phrase(facts: Facts, name: string): Part {
  const plain = formats.get(name) ?? switches.get(name);
  if (plain) return plain;
  const before = prefixes.get(name);
  return before ? html`${before} <code>${facts.valueText(name)}</code>` : html`<code>${facts.text([name])}</code>`;
}

function range(facts: Facts): Part[] {
  const { gt, gte, lt, lte } = {
    gt: facts.has("gt"),
    gte: facts.has("gte"),
    lt: facts.has("lt"),
    lte: facts.has("lte"),
  };
  if (gte && lte && Number(facts.value("gte")) <= Number(facts.value("lte"))) {
    return [`${facts.valueText("gte")} to ${facts.valueText("lte")}`];
  }
  const lower = gt ? `more than ${facts.valueText("gt")}` : gte && `at least ${facts.valueText("gte")}`;
  const upper = lt ? `less than ${facts.valueText("lt")}` : lte && `at most ${facts.valueText("lte")}`;
  const least = facts.ordered(gt ? "gt" : "gte");
  const most = facts.ordered(lt ? "lt" : "lte");
  // Source: a lower end above the upper one means the values outside of both.
  const isOutside = least !== undefined && most !== undefined && least > most;
  const words = [lower, upper].filter((one) => one !== false);
  return words.length > 0 ? [words.join(isOutside ? " or " : " and ")] : [];
}

function sizePhrase(facts: Facts, { exact, least, most, unit }: (typeof sizes)[number]): Part[] {
  const one = facts.kind === "bytes" && unit === "character" ? "byte" : unit;
  const count = (name: string) => `${facts.valueText(name)} ${Number(facts.value(name)) === 1 ? one : plural(one)}`;
  if (facts.has(exact)) return [`exactly ${count(exact)}`];
  if (facts.has(least) && facts.has(most)) return [`${facts.valueText(least)} to ${count(most)}`];
  if (facts.has(least)) return [`at least ${count(least)}`];
  return facts.has(most) ? [`at most ${count(most)}`] : [];
}

function plural(unit: string): string {
  return unit === "entry" ? "entries" : `${unit}s`;
}
