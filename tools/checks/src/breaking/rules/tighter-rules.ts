import type { RuleSet } from "../../rules/rule-set.ts";
import { isRangeTighter, rangeRules } from "./range-rules.ts";
import { isSizeTighter, type SizeRules } from "./size-rules.ts";

/** Returns true if a rule rejects values which the rules before accepted. Called only if the new rules set it. */
type Test = (was: RuleSet, is: RuleSet, name: string) => boolean;

const sizes: readonly SizeRules[] = [
  ["len", "min_len", "max_len"],
  ["len_bytes", "min_bytes", "max_bytes"],
  ["", "min_items", "max_items"],
  ["", "min_pairs", "max_pairs"],
];

/** The formats that a wider format includes: every IPv4 address is an address. */
const narrowerFormats = new Map([
  ["ip", ["ipv4", "ipv6"]],
  ["address", ["hostname", "ip", "ipv4", "ipv6"]],
  ["uri_ref", ["uri"]],
  ["ip_with_prefixlen", ["ipv4_with_prefixlen", "ipv6_with_prefixlen", "ip_prefix", "ipv4_prefix", "ipv6_prefix"]],
  ["ipv4_with_prefixlen", ["ipv4_prefix"]],
  ["ipv6_with_prefixlen", ["ipv6_prefix"]],
  ["ip_prefix", ["ipv4_prefix", "ipv6_prefix"]],
]);

const format = ["well_known_regex", "strict"] as const;

/** Rules that reject nothing, or contain rules, which are compared separately. */
const passive = new Set(["example", "items", "keys", "values"]);

const isOtherValue: Test = (was, is, name) => was.value(name) !== is.value(name);

const tests = new Map<string, Test>([
  ["const", (was, is) => !isEvery(was.accepted, (value) => value === is.value("const"))],
  ["in", isListTighter],
  ["not_in", isExclusionTighter],
  ["within", (was, is) => (was.ordered("within") ?? Number.POSITIVE_INFINITY) > (is.ordered("within") ?? 0)],
  ["prefix", (was, is) => !(was.string("prefix") ?? "").startsWith(is.string("prefix") ?? "")],
  ["suffix", (was, is) => !(was.string("suffix") ?? "").endsWith(is.string("suffix") ?? "")],
  ["contains", isContentTighter],
  ["not_contains", (was, is) => !contains(is.string("not_contains"), was.string("not_contains"))],
  ["well_known_regex", (was, is, name) => isOtherValue(was, is, name) || (isStrict(is) && !isStrict(was))],
]);

/** Finds the rules that reject values which the rules before accepted. Related rules form a group. */
export function tighterRules(was: RuleSet, is: RuleSet): string[][] {
  return groupsOf(is).filter(([name = ""]) => isTighter(was, is, name));
}

function groupsOf(rules: RuleSet): string[][] {
  const groups: string[][] = [];
  for (const name of rules.names.filter((one) => !passive.has(one))) {
    const group = [rangeRules, format, ...sizes].find((rules) => rules.some((rule) => rule === name));
    const names = group ? group.filter((rule) => rule !== "") : [name];
    if (!groups.some(([first]) => first === names[0])) groups.push(names);
  }
  return groups;
}

function isTighter(was: RuleSet, is: RuleSet, name: string): boolean {
  if (rangeRules.some((rule) => rule === name)) return isRangeTighter(was, is);
  const size = sizes.find((rules) => rules.some((rule) => rule === name));
  if (size) return isSizeTighter(was, is, size);
  const test = tests.get(name);
  if (test) return test(was, is, name);
  if (is.value(name) === false) return false;
  // Formats, patterns, finite, unique, defined_only, and rules that are unknown here.
  return isOtherValue(was, is, name) && !(narrowerFormats.get(name) ?? []).some((narrower) => was.has(narrower));
}

function isListTighter(was: RuleSet, is: RuleSet): boolean {
  const now = is.list("in") ?? [];
  return !isEvery(was.accepted, (value) => now.includes(value));
}

function isExclusionTighter(was: RuleSet, is: RuleSet): boolean {
  const excluded = was.list("not_in") ?? [];
  const added = (is.list("not_in") ?? []).filter((value) => !excluded.includes(value));
  return added.some((value) => was.accepted?.includes(value) ?? true);
}

function isContentTighter(was: RuleSet, is: RuleSet): boolean {
  return !["contains", "prefix", "suffix"].some((name) => contains(was.string(name), is.string("contains")));
}

/** Returns true unless the contract sets `strict: false`. Source: the default in validate.proto */
function isStrict(rules: RuleSet): boolean {
  return rules.value("strict") !== false;
}

function contains(text: string | undefined, part: string | undefined): boolean {
  return text !== undefined && part !== undefined && text.includes(part);
}

/** Returns true if the rules list their accepted values, and all of them pass a test. */
function isEvery<T>(accepted: readonly T[] | undefined, test: (value: T) => boolean): boolean {
  return accepted?.every(test) ?? false;
}
