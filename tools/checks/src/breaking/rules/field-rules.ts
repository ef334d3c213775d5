import { type DescField, getOption, type Message, toBinary } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Contracts } from "../../contracts/compile.ts";
import { changedPredefined } from "../../rules/predefined-rule.ts";
import { RuleSet } from "../../rules/rule-set.ts";
import { addedExpressions } from "./added-expressions.ts";
import { tighterRules } from "./tighter-rules.ts";

/** A rule that rejects values which were accepted before. */
export interface Tightening {
  /** The path of field numbers from the options to the rule. */
  readonly option: readonly number[];
  /** The part of the field: `each item`. Empty: the whole field. */
  readonly part: string;
  /** The rule: `max_len 100`. */
  readonly is: string;
  /** The rule that it replaces. Empty: none. */
  readonly was: string;
}

/** The location of a set of rules. */
interface Location {
  readonly option: readonly number[];
  readonly part: string;
  /** True if a zero value differs from no value. If not, the check of required members reports it. */
  readonly hasPresence: boolean;
}

/** The number of (buf.validate.field). */
const fieldOption = 1159;
const { field: F } = FieldRulesSchema;

/** Finds the rules of a field that reject values which were accepted before. */
export function tighterField(old: DescField, now: DescField, before: Contracts, after: Contracts): Tightening[] {
  const rulesOf = (field: DescField) => getOption(field, fieldExtension);
  const hasPresence = now.presence !== FeatureSet_FieldPresence.IMPLICIT;
  const location = { option: [fieldOption], part: "", hasPresence };
  return new Comparison(before, after).compare(rulesOf(old), rulesOf(now), location);
}

/** Compares the rules of a field in two versions of the contracts. */
class Comparison {
  readonly #before: Contracts;
  readonly #after: Contracts;

  constructor(before: Contracts, after: Contracts) {
    this.#before = before;
    this.#after = after;
  }

  compare(old: FieldRules | undefined, is: FieldRules | undefined, location: Location): Tightening[] {
    if (!is || is.ignore === Ignore.ALWAYS) return [];
    const was = old?.ignore === Ignore.ALWAYS ? undefined : old;
    return [...addedExpressions(was, is, location), ...zeroes(was, is, location), ...this.#typed(was, is, location)];
  }

  #typed(was: FieldRules | undefined, is: FieldRules, location: Location): Tightening[] {
    const { case: kind, value: rules } = is.type;
    // Rules of different types can't be compared. Buf reports that the type changed.
    if (!kind || (was?.type.case && was.type.case !== kind)) return [];
    const { name, number, message: schema } = F[kind];
    if (!schema) return [];
    const within = { ...location, option: [...location.option, number] };
    const oldRules: Message | undefined = was?.type.value;
    const [old, now] = [new RuleSet(name, schema, oldRules), new RuleSet(name, schema, rules)];
    const own = tighterRules(old, now).map((group) => {
      const set = group.filter((one) => now.has(one));
      const changed = set.find((one) => now.value(one) !== old.value(one)) ?? set[0] ?? "";
      return {
        option: [...within.option, now.number(changed)],
        part: location.part,
        is: now.text(group),
        was: old.text(group),
      };
    });
    const predefined = changedPredefined(oldRules, rules, this.#before.registry, this.#after.registry);
    return [
      ...own,
      ...predefined.map((one) => ({ ...one, option: within.option, part: location.part })),
      ...this.#nested(was, is, within),
    ];
  }

  #nested(was: FieldRules | undefined, is: FieldRules, { option }: Location): Tightening[] {
    const step = (number: number, part: string) => ({ option: [...option, number], part, hasPresence: true });
    if (is.type.case === "repeated") {
      const old = was?.type.case === "repeated" ? was.type.value.items : undefined;
      return this.compare(old, is.type.value.items, step(4, "each item"));
    }
    if (is.type.case !== "map") return [];
    const old = was?.type.case === "map" ? was.type.value : undefined;
    const { keys, values } = is.type.value;
    return [
      ...this.compare(old?.keys, keys, step(4, "each key")),
      ...this.compare(old?.values, values, step(5, "each value")),
    ];
  }
}

/** Reports rules that did not apply to zero values and do now. */
function zeroes(was: FieldRules | undefined, is: FieldRules, { option, part, hasPresence }: Location): Tightening[] {
  const isChecked = hasPresence && was?.ignore === Ignore.IF_ZERO_VALUE && is.ignore !== Ignore.IF_ZERO_VALUE;
  const hasRules = isAnyRuleSet(is.type.value) || is.cel.length > 0 || is.celExpression.length > 0;
  if (!isChecked || !hasRules) return [];
  return [{ option, part, is: "its rules also for zero values", was: "ignore IGNORE_IF_ZERO_VALUE" }];
}

/** Returns false for empty rules such as `string: {}`. */
function isAnyRuleSet(rules: Message | undefined): boolean {
  const [type] = FieldRulesSchema.fields.filter(({ message }) => message?.typeName === rules?.$typeName);
  return rules !== undefined && type?.message !== undefined && toBinary(type.message, rules).length > 0;
}
