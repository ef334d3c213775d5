import type { FieldViolation } from "@mesh/contracts";
import type { PolicyRule } from "@mesh/contracts/mesh/v1";

/** Finds what is wrong with rules beyond what their contract says of each field. Source: proto/mesh/v1/policy.proto */
export function faultsOfRules(rules: readonly PolicyRule[]): FieldViolation[] {
  const first = new Map<string, number>();
  return rules.flatMap((rule, index) => {
    const path = `rules[${index}]`;
    const same = first.get(selectorOf(rule));
    if (same === undefined) first.set(selectorOf(rule), index);
    const total = Object.values(rule.split).reduce((sum, percent) => sum + percent, 0);
    return [
      ...faultIf(same !== undefined, path, `has the same service, method and caller as rules[${same}]`),
      ...faultIf(rule.method !== "" && rule.service === "", `${path}.method`, "needs a service"),
      ...faultIf(!hasSetting(rule), path, "has no setting: deadline_ms, retries, limits, split or fault"),
      ...faultIf(total > 100, `${path}.split`, `adds up to ${total} %, which is more than 100 %`),
      ...faultIf(isNoFault(rule), `${path}.fault`, "needs delay_ms or code"),
    ];
  });
}

/** Returns a text that only rules with the same selector have. */
export function selectorOf({ service, method, caller }: PolicyRule): string {
  return `${service}/${method}/${caller}`;
}

function faultIf(isFault: boolean, field: string, description: string): FieldViolation[] {
  return isFault ? [{ field, description, rule: "" }] : [];
}

function hasSetting({ deadlineMs, retries, limits, split, fault }: PolicyRule): boolean {
  return deadlineMs !== undefined || Boolean(retries ?? limits ?? fault) || Object.keys(split).length > 0;
}

function isNoFault({ fault }: PolicyRule): boolean {
  return fault !== undefined && fault.delayMs === 0 && fault.code === "";
}
