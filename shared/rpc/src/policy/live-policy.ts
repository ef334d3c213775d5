import type { Policy, PolicyRule } from "@mesh/contracts/mesh/v1";
import { CallLimit } from "./call-limit.ts";
import { type CallPolicy, mergedPolicy, noCallPolicy } from "./call-policy.ts";
import type { PolicySource } from "./policy-source.ts";
import { selectorOf } from "./rule-faults.ts";

/** The rules of a policy by their selectors. */
type Rules = ReadonlyMap<string, PolicyRule>;

const noRules: Rules = new Map();

/** The policy that is in force now, for one side of the calls of a process. */
export class LivePolicy {
  /** Another object after each change. */
  rules: Rules = noRules;
  /** They remain when the policy changes, so that they count the calls that run. */
  readonly #limits = new Map<string, CallLimit>();
  readonly #unwatch: (() => void) | undefined;

  /** @param source default: none, so that there are no rules */
  constructor(source?: PolicySource | undefined) {
    this.#unwatch = source?.watch((policy) => this.#use(policy));
  }

  close(): void {
    this.#unwatch?.();
  }

  /** Returns the count of the calls that a rule limits. */
  limitOf(rule: PolicyRule): CallLimit | undefined {
    return this.#limits.get(selectorOf(rule));
  }

  #use({ rules }: Policy): void {
    const limited = new Map(rules.map((rule) => [selectorOf(rule), rule.limits?.inFlight] as const));
    for (const [selector, most] of limited) this.#limit(selector, most);
    for (const selector of this.#limits.keys()) if (!limited.has(selector)) this.#limits.delete(selector);
    this.rules = rules.length > 0 ? new Map(rules.map((rule) => [selectorOf(rule), rule])) : noRules;
  }

  #limit(selector: string, most: number | undefined): void {
    const known = this.#limits.get(selector);
    if (most === undefined) this.#limits.delete(selector);
    else if (known) known.most = most;
    else this.#limits.set(selector, new CallLimit(most));
  }
}

/** What the policy says of the calls of one method, worked out once for each caller after a change. */
export class MethodPolicy {
  readonly #live: LivePolicy;
  readonly #service: string;
  readonly #method: string;
  #rules: Rules = noRules;
  #known = new WeakMap<readonly string[], CallPolicy>();

  /**
   * @param service its name in the mesh: `orders`
   * @param method as in the .proto: `GetOrder`
   */
  constructor(live: LivePolicy, service: string, method: string) {
    this.#live = live;
    this.#service = service;
    this.#method = method;
  }

  /** Returns the policy for a caller. @param callers its names; the same array for all calls of a connection */
  for(callers: readonly string[]): CallPolicy {
    const { rules } = this.#live;
    if (rules === noRules) return noCallPolicy;
    if (rules !== this.#rules) {
      this.#rules = rules;
      this.#known = new WeakMap();
    }
    const known = this.#known.get(callers);
    if (known) return known;
    const policy = mergedPolicy(this.#matching(rules, callers), (rule) => this.#live.limitOf(rule));
    this.#known.set(callers, policy);
    return policy;
  }

  /** Returns the rules that match, the most specific one first. Source of the order: proto/mesh/v1/policy.proto */
  #matching(rules: Rules, callers: readonly string[]): PolicyRule[] {
    const [service, method] = [this.#service, this.#method];
    const of = (one: string, other: string) => (caller: string) => rules.get(`${one}/${other}/${caller}`) ?? [];
    return [
      ...callers.flatMap(of(service, method)),
      ...[""].flatMap(of(service, method)),
      ...callers.flatMap(of(service, "")),
      ...[""].flatMap(of(service, "")),
      ...callers.flatMap(of("", "")),
      ...[""].flatMap(of("", "")),
    ];
  }
}
