import type { Principal } from "@mesh/contracts";

/** A token by which a principal was proved. */
export interface ReceivedToken {
  readonly text: string;
  /** The name of the process that signed it. */
  readonly issuer: string;
  /** When services reject it, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/**
 * The tokens belong to the very objects, so a principal that a middleware puts in the place of another one never travels with
 * the token of that.
 */
const tokens = new WeakMap<Principal, ReceivedToken>();
const keptFromCalls = new WeakSet<Principal>();

/** Notes by which token a principal was proved. Returns the principal, which no code can change any more. */
export function rememberToken(principal: Principal, token: ReceivedToken): Principal {
  const frozen = Object.freeze(principal);
  tokens.set(frozen, token);
  return frozen;
}

/** Returns the token by which a principal was proved; undefined: it was not received. */
export function tokenOf(principal: Principal): ReceivedToken | undefined {
  return tokens.get(principal);
}

/** Notes that no call is made for a principal, such as that of an event: the customer is not there. Returns it, as above. */
export function keepFromCalls(principal: Principal): Principal {
  const frozen = Object.freeze(principal);
  keptFromCalls.add(frozen);
  return frozen;
}

/** Returns whether no call is made for a principal. */
export function isKeptFromCalls(principal: Principal): boolean {
  return keptFromCalls.has(principal);
}
