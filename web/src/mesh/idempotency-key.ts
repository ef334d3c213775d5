import { useState } from "react";
import { randomUuid } from "../uuid.ts";

const name = "idempotencyKey";

type CallContext = Readonly<Record<string, unknown>>;

/** The options of a mutation that say which attempts are the same call. */
export interface Keyed {
  readonly trpc: { readonly context: CallContext };
}

/**
 * Returns the options that send a mutation with an Idempotency-Key, and a function that makes a new key. With the same key the
 * call takes effect once, however often it is repeated.
 */
export function useIdempotencyKey(): readonly [keyed: Keyed, renew: () => void] {
  const [key, setKey] = useState(randomUuid);
  return [{ trpc: { context: { [name]: key } } }, () => setKey(randomUuid())];
}

/** Returns true if a call has a key. */
export function hasKey(context: CallContext): boolean {
  return context[name] !== undefined;
}

/** Returns the header of a call that has a key. */
export function keyHeader(context: CallContext): { "idempotency-key": string } {
  return { "idempotency-key": String(context[name]) };
}
