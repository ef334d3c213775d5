import { randomUuid } from "@mesh/contracts/client";
import { useState } from "react";

/** The options of a mutation that say which attempts are the same call. */
export interface Keyed {
  readonly trpc: { readonly context: { readonly idempotencyKey: string } };
}

/**
 * Returns the options that send a mutation with an Idempotency-Key, and a function that makes a new key. With the same key the
 * call takes effect once, however often it is repeated.
 */
export function useIdempotencyKey(): readonly [keyed: Keyed, renew: () => void] {
  const [idempotencyKey, setKey] = useState(randomUuid);
  return [{ trpc: { context: { idempotencyKey } } }, () => setKey(randomUuid())];
}
