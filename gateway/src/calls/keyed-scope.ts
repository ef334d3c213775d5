import type { Scope } from "@mesh/runtime";

/** The Idempotency-Key of a call. */
export interface CallKey {
  readonly key: string;
  /** Called if the response is that of an earlier call. */
  readonly onReplay: () => void;
}

/** A copy of a scope has the key, too. */
const keyOfScope = Symbol("idempotency key");

/** Returns the scope of a call that has a key. */
export function withKey(scope: Scope, key: CallKey): Scope {
  const { signal, deadline, principal, trace, log } = scope;
  return Object.assign({ signal, deadline, principal, trace, log }, { [keyOfScope]: key });
}

/** Returns the key of a scope; undefined: it has none. */
export function keyOf(scope: Scope & { readonly [keyOfScope]?: CallKey }): CallKey | undefined {
  return scope[keyOfScope];
}
