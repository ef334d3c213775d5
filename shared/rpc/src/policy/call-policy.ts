import type { PolicyRule } from "@mesh/contracts/mesh/v1";
import type { CallLimit } from "./call-limit.ts";
import { SimulatedFault } from "./simulated-fault.ts";
import { VersionSplit } from "./version-split.ts";

/** What the policy of the mesh says of the calls of a method by a caller. Undefined: nothing. */
export interface CallPolicy {
  /** The longest that a call may take, in milliseconds. */
  readonly deadlineMs: number | undefined;
  /** The most attempts of a call. */
  readonly attempts: number | undefined;
  /** The most calls at the same time. */
  readonly limit: CallLimit | undefined;
  /** The versions of the replicas that get the calls. */
  readonly split: VersionSplit | undefined;
  readonly fault: SimulatedFault | undefined;
}

/** The policy of calls to which no rule applies. */
export const noCallPolicy: CallPolicy = {
  deadlineMs: undefined,
  attempts: undefined,
  limit: undefined,
  split: undefined,
  fault: undefined,
};

/**
 * Merges the rules that match a call.
 *
 * @param rules the most specific one first
 * @param limitOf returns the count of the calls that a rule limits
 */
export function mergedPolicy(
  rules: readonly PolicyRule[],
  limitOf: (rule: PolicyRule) => CallLimit | undefined,
): CallPolicy {
  if (rules.length === 0) return noCallPolicy;
  const fault = rules.find((rule) => rule.fault)?.fault;
  const split = rules.find((rule) => Object.keys(rule.split).length > 0)?.split;
  const limiting = rules.find(({ limits }) => limits);
  return {
    deadlineMs: rules.find(({ deadlineMs }) => deadlineMs !== undefined)?.deadlineMs,
    attempts: rules.find(({ retries }) => retries)?.retries?.attempts,
    limit: limiting && limitOf(limiting),
    split: split && new VersionSplit(split),
    fault: fault && new SimulatedFault(fault),
  };
}
