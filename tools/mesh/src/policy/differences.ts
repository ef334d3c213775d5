import type { Policy } from "@mesh/contracts/mesh/v1";
import { policyJson } from "@mesh/rpc";

/** A setting in which two policies differ. */
export interface Difference {
  /** What the setting is for: `orders/GetOrder from gateway`, `every call`. */
  readonly calls: string;
  /** The name of the setting: `deadline_ms`. */
  readonly setting: string;
  /** Its value in the first policy; absent: it is not set. */
  readonly before?: unknown;
  /** Its value in the second policy; absent: it is not set. */
  readonly after?: unknown;
}

/** Compares two policies by setting. The order of rules does not matter. */
export function differences(before: Policy, after: Policy): Difference[] {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.flatMap((key) => {
    const [one, other] = [old.get(key), now.get(key)];
    if (JSON.stringify(one?.value) === JSON.stringify(other?.value)) return [];
    const { calls = "", setting = "" } = one ?? other ?? {};
    return [{ calls, setting, ...(one && { before: one.value }), ...(other && { after: other.value }) }];
  });
}

/** Returns a line for people: `~ orders/GetOrder: deadline_ms 500 → 300`. */
export function lineOf({ calls, setting, before, after }: Difference): string {
  if (after === undefined) return `- ${calls}: ${setting} ${JSON.stringify(before)}`;
  if (before === undefined) return `+ ${calls}: ${setting} ${JSON.stringify(after)}`;
  return `~ ${calls}: ${setting} ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
}

interface Setting {
  readonly calls: string;
  readonly setting: string;
  readonly value: unknown;
}

function settingsOf(policy: Policy): Map<string, Setting> {
  // `policyJson` makes nothing else.
  const { rules } = policyJson(policy) as { readonly rules: readonly Readonly<Record<string, unknown>>[] };
  const all = rules.flatMap(({ service, method, caller, ...settings }) => {
    const called = [service, method].filter(Boolean).join("/") || "every call";
    const calls = caller ? `${called} from ${caller}` : called;
    return Object.entries(settings).map(([setting, value]) => ({ calls, setting, value: ordered(value) }));
  });
  return new Map(all.map((one) => [`${one.calls} ${one.setting}`, one]));
}

/** Orders the entries of a message or a map. */
function ordered(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).sort()) : value;
}
