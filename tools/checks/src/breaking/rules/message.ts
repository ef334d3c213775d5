import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type MessageOneofRule,
  message as messageExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { positionOfOption } from "@mesh/codegen/position";
import { neededMembers } from "@mesh/codegen/schema/needed";
import type { Break, Who } from "../break.ts";
import type { Contracts } from "../contracts.ts";
import { addedExpressions } from "./expressions.ts";
import { type Tightening, tighterField } from "./field.ts";

/** The number of (buf.validate.message), (buf.validate.field) and (buf.validate.oneof). */
const ruleOption = 1159;
/** The number of `oneof` in MessageRules. */
const oneofRule = 4;

/**
 * The rules that refuse what they accepted, of messages that callers send or that are stored as events. Those that we
 * only answer with may be as tight as they like, and looser rules refuse nothing.
 */
export function changedRules(before: Contracts, after: Contracts): Break[] {
  return [...before.registry.files]
    .flatMap((file) => [...nestedTypes(file)])
    .flatMap((old) => {
      const now = old.kind === "message" ? after.registry.getMessage(old.typeName) : undefined;
      if (old.kind !== "message" || !now) return [];
      const who = before.reach.ofSenders(old);
      return who.size > 0 ? changedMessage(old, now, who, before, after) : [];
    });
}

function changedMessage(
  old: DescMessage,
  now: DescMessage,
  who: ReadonlySet<Who>,
  before: Contracts,
  after: Contracts,
): Break[] {
  const found = now.fields.flatMap((field) => {
    const counterpart = old.fields.find(({ number }) => number === field.number);
    const tighter = counterpart ? tighterField(counterpart, field, before, after) : [];
    return tighter.map((one) => ({ desc: field as DescField | DescMessage, ...one }));
  });
  const ofMessage = tighterMessage(old, now).map((one) => ({ desc: now as DescField | DescMessage, ...one }));
  const breaks = [...ofMessage, ...found].map(({ desc, ...one }) => ({
    position: positionOfOption(desc, one.option),
    isOld: false,
    what: `${labelOf(desc)} takes less: ${sentence(one)}`,
    who,
    mend: mendOf(who),
    desc,
  }));
  const told = new Set<unknown>(breaks.map(({ desc }) => desc));
  return [
    ...breaks,
    ...newlyNeeded(old, now, before, after)
      .filter(({ desc }) => !told.has(desc))
      .map((one) => ({ ...one, who, mend: mendOf(who) })),
  ];
}

/** What could be left out and no longer can: protovalidate itself judges a message in which nothing is set. */
function newlyNeeded(old: DescMessage, now: DescMessage, before: Contracts, after: Contracts) {
  const names = neededMembers(old, before.validator, []);
  // A field goes by its number: one that was given another name is told as that.
  const numbers = old.fields.filter(({ name }) => names.has(name)).map(({ number }) => number);
  const renamed = now.fields.filter(({ number }) => numbers.includes(number)).map(({ name }) => name);
  const needed = [...neededMembers(now, after.validator, [])].filter(
    (name) => !names.has(name) && !renamed.includes(name),
  );
  return [...now.fields, ...now.oneofs]
    .filter(({ name, kind }) => needed.includes(name) && kind !== undefined)
    .map((desc) => ({
      position: positionOfOption(desc, [ruleOption]),
      isOld: false,
      what: `${now.name}.${desc.name} must be set, could be left out`,
      desc,
    }));
}

function tighterMessage(old: DescMessage, now: DescMessage): Tightening[] {
  const [was, is] = [getOption(old, messageExtension), getOption(now, messageExtension)];
  const place = { option: [ruleOption], part: "" };
  const oneofs = is.oneof.flatMap((rule, index) => {
    if (was.oneof.some((before) => isWithin(before, rule, old))) return [];
    const names = `oneof ${rule.fields.join(", ")}${rule.required ? " required" : ""}`;
    return [{ ...place, option: [ruleOption, oneofRule, index], is: names, was: "" }];
  });
  return [...addedExpressions(was, is, place), ...oneofs];
}

/** Whether a rule on what may be set together accepts all that another did, in messages that have only the old fields. */
function isWithin(was: MessageOneofRule, is: MessageOneofRule, old: DescMessage): boolean {
  const fields = is.fields.filter((name) => old.fields.some((field) => field.name === name));
  const isSubset = fields.every((name) => was.fields.includes(name));
  const isSame = isSubset && was.fields.every((name) => fields.includes(name));
  return is.required ? was.required && isSame : isSubset;
}

function sentence({ part, is, was }: Tightening): string {
  return `${part && `${part} `}${is} ${was ? `(was ${was})` : "(new)"}`;
}

function mendOf(who: ReadonlySet<Who>): string {
  return who.has("stored events")
    ? "take it back: stored events that break it would become dead letters"
    : "take it back, or put it on a new field or a new rpc";
}

function labelOf(desc: DescField | DescMessage): string {
  return desc.kind === "field" ? `${desc.parent.name}.${desc.name}` : desc.name;
}
