import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import {
  type MessageOneofRule,
  message as messageExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { positionOfOption } from "@mesh/codegen/position";
import { neededMembers } from "@mesh/codegen/schema/needed";
import type { Break, ContractUser } from "../break.ts";
import type { ComparedContracts } from "../compared-contracts.ts";
import { addedExpressions } from "../rules/added-expressions.ts";
import { type Tightening, tighterField } from "../rules/field-rules.ts";

/** The number of (buf.validate.message), (buf.validate.field) and (buf.validate.oneof). */
const ruleOption = 1159;
/** The number of `oneof` in MessageRules. */
const oneofRule = 4;

/** A message in both versions. */
interface MessagePair {
  readonly old: DescMessage;
  readonly now: DescMessage;
  readonly before: ComparedContracts;
  readonly after: ComparedContracts;
  readonly affected: ReadonlySet<ContractUser>;
}

/**
 * Finds the rules that reject values which they accepted before, in messages that callers send or that are stored as
 * events or jobs. Rules of messages that are only returned can change freely.
 */
export function changedRules(before: ComparedContracts, after: ComparedContracts): Break[] {
  return [...before.registry.files]
    .flatMap((file) => [...nestedTypes(file)])
    .flatMap((old) => {
      const now = old.kind === "message" ? after.registry.getMessage(old.typeName) : undefined;
      if (old.kind !== "message" || !now) return [];
      const affected = before.users.ofSenders(old);
      return affected.size > 0 ? changedMessage({ old, now, before, after, affected }) : [];
    });
}

function changedMessage(pair: MessagePair): Break[] {
  const { old, now, before, after, affected } = pair;
  const fix = fixFor(affected);
  const ofFields = now.fields.flatMap((field) => {
    const counterpart = old.fields.find(({ number }) => number === field.number);
    const tighter = counterpart ? tighterField(counterpart, field, before, after) : [];
    return tighter.map((one) => ({ desc: field as DescField | DescMessage, ...one }));
  });
  const ofMessage = tighterMessage(old, now).map((one) => ({ desc: now as DescField | DescMessage, ...one }));
  const breaks = [...ofMessage, ...ofFields].map(({ desc, ...one }) => ({
    position: positionOfOption(desc, one.option),
    isOld: false,
    what: `${labelOf(desc)} accepts less: ${changeText(one)}`,
    affected,
    fix,
    desc,
  }));
  const reported = new Set<unknown>(breaks.map(({ desc }) => desc));
  const required = newlyRequired(pair).filter(({ desc }) => !reported.has(desc));
  return [...breaks, ...required.map((one) => ({ ...one, affected, fix }))];
}

/** Finds the members that were optional and are required now. Protovalidate decides that, on an empty message. */
function newlyRequired({ old, now, before, after }: MessagePair) {
  const names = neededMembers(old, before.validator, []);
  // Fields are matched by their number: a renamed field is another change.
  const numbers = old.fields.filter(({ name }) => names.has(name)).map(({ number }) => number);
  const renamed = now.fields.filter(({ number }) => numbers.includes(number)).map(({ name }) => name);
  const required = [...neededMembers(now, after.validator, [])].filter(
    (name) => !names.has(name) && !renamed.includes(name),
  );
  return [...now.fields, ...now.oneofs]
    .filter(({ name, kind }) => required.includes(name) && kind !== undefined)
    .map((desc) => ({
      position: positionOfOption(desc, [ruleOption]),
      isOld: false,
      what: `${now.name}.${desc.name} is required, was optional`,
      desc,
    }));
}

function tighterMessage(old: DescMessage, now: DescMessage): Tightening[] {
  const [was, is] = [getOption(old, messageExtension), getOption(now, messageExtension)];
  const location = { option: [ruleOption], part: "" };
  const oneofs = is.oneof.flatMap((rule, index) => {
    if (was.oneof.some((before) => isAsLoose(rule, before, old))) return [];
    const names = `oneof ${rule.fields.join(", ")}${rule.required ? " required" : ""}`;
    return [{ ...location, option: [ruleOption, oneofRule, index], is: names, was: "" }];
  });
  return [...addedExpressions(was, is, location), ...oneofs];
}

/** Returns true if a oneof rule accepts every message with only the old fields that the rule before it accepted. */
function isAsLoose(is: MessageOneofRule, was: MessageOneofRule, old: DescMessage): boolean {
  const fields = is.fields.filter((name) => old.fields.some((field) => field.name === name));
  const isSubset = fields.every((name) => was.fields.includes(name));
  const isSame = isSubset && was.fields.every((name) => fields.includes(name));
  return is.required ? was.required && isSame : isSubset;
}

function changeText({ part, is, was }: Tightening): string {
  return `${part && `${part} `}${is} ${was ? `(was ${was})` : "(new)"}`;
}

function fixFor(affected: ReadonlySet<ContractUser>): string {
  if (affected.has("stored events")) return "revert it: stored events that violate the rule would become dead letters";
  return affected.has("stored jobs")
    ? "revert it: stored jobs that violate the rule would fail"
    : "revert it, or apply it to a new field or a new rpc";
}

function labelOf(desc: DescField | DescMessage): string {
  return desc.kind === "field" ? `${desc.parent.name}.${desc.name}` : desc.name;
}
