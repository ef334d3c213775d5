import { type DescField, getOption, type Message, toBinary } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { Facts } from "@mesh/codegen/words/facts";
import type { Contracts } from "../contracts.ts";
import { addedExpressions } from "./expressions.ts";
import { changedPredefined } from "./predefined.ts";
import { tighterRules } from "./tighter.ts";

/** Something that is refused now and was accepted. */
export interface Tightening {
  /** The field numbers that lead from the options to the rule. */
  readonly option: readonly number[];
  /** What part of the field it is about: `its items`; empty: all of it. */
  readonly part: string;
  /** The rule: `max_len 100`. */
  readonly is: string;
  /** What stood in its place; empty: nothing. */
  readonly was: string;
}

/** Rules at a place, and where that is. */
interface Place {
  readonly option: readonly number[];
  readonly part: string;
  /** Whether a zero value can be told from no value; if not, the check of what may be left out speaks of it. */
  readonly hasPresence: boolean;
}

/** The number of (buf.validate.field). */
const fieldOption = 1159;
const { field: F } = FieldRulesSchema;

/** What the rules of a field refuse now and accepted before. */
export function tighterField(old: DescField, now: DescField, before: Contracts, after: Contracts): Tightening[] {
  const rulesOf = (field: DescField) => getOption(field, fieldExtension);
  const hasPresence = now.presence !== FeatureSet_FieldPresence.IMPLICIT;
  const place = { option: [fieldOption], part: "", hasPresence };
  return new Comparison(before, after).compare(rulesOf(old), rulesOf(now), place);
}

class Comparison {
  readonly #before: Contracts;
  readonly #after: Contracts;

  constructor(before: Contracts, after: Contracts) {
    this.#before = before;
    this.#after = after;
  }

  compare(old: FieldRules | undefined, is: FieldRules | undefined, place: Place): Tightening[] {
    if (!is || is.ignore === Ignore.ALWAYS) return [];
    const was = old?.ignore === Ignore.ALWAYS ? undefined : old;
    return [...addedExpressions(was, is, place), ...zeroes(was, is, place), ...this.#typed(was, is, place)];
  }

  #typed(was: FieldRules | undefined, is: FieldRules, place: Place): Tightening[] {
    const { case: kind, value: rules } = is.type;
    // A field of another type buf finds; its rules can't be compared.
    if (!kind || (was?.type.case && was.type.case !== kind)) return [];
    const { name, number, message: schema } = F[kind];
    if (!schema) return [];
    const within = { ...place, option: [...place.option, number] };
    const oldRules: Message | undefined = was?.type.value;
    const [old, now] = [new Facts(name, schema, oldRules), new Facts(name, schema, rules)];
    const own = tighterRules(old, now).map((group) => {
      const set = group.filter((one) => now.has(one));
      const changed = set.find((one) => now.value(one) !== old.value(one)) ?? set[0] ?? "";
      return {
        option: [...within.option, now.number(changed)],
        part: place.part,
        is: now.text(group),
        was: old.text(group),
      };
    });
    const predefined = changedPredefined(oldRules, rules, this.#before.registry, this.#after.registry);
    return [
      ...own,
      ...predefined.map((one) => ({ ...one, option: within.option, part: place.part })),
      ...this.#nested(was, is, within),
    ];
  }

  #nested(was: FieldRules | undefined, is: FieldRules, { option }: Place): Tightening[] {
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

/** A zero value that was never checked, and is now. */
function zeroes(was: FieldRules | undefined, is: FieldRules, { option, part, hasPresence }: Place): Tightening[] {
  const isChecked = hasPresence && was?.ignore === Ignore.IF_ZERO_VALUE && is.ignore !== Ignore.IF_ZERO_VALUE;
  const hasRules = isAnyRuleSet(is.type.value) || is.cel.length > 0 || is.celExpression.length > 0;
  if (!isChecked || !hasRules) return [];
  return [{ option, part, is: "its rules for zero values too", was: "ignore IGNORE_IF_ZERO_VALUE" }];
}

/** `string: {}` says nothing. */
function isAnyRuleSet(rules: Message | undefined): boolean {
  const [type] = FieldRulesSchema.fields.filter(({ message }) => message?.typeName === rules?.$typeName);
  return rules !== undefined && type?.message !== undefined && toBinary(type.message, rules).length > 0;
}
