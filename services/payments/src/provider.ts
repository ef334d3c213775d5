import { PaymentFailure } from "@mesh/contracts/payments/v1";

/** What the provider says to a token. */
export type ProviderAnswer = { readonly authorized: true } | { readonly authorized: false; failure: PaymentFailure };

/**
 * A payment provider that is simulated: like the test tokens of real providers, the token decides the outcome.
 *
 * @returns after how many milliseconds the answer is there; 0: at once
 */
export function answerDelayMs(token: string): number {
  return token === "tok_slow" ? 3_000 : 0;
}

/** The provider's answer to a token. */
export function answerOf(token: string): ProviderAnswer {
  if (token === "tok_ok" || token === "tok_slow") return { authorized: true };
  if (token === "tok_declined") return { authorized: false, failure: PaymentFailure.PAYMENT_FAILURE_DECLINED };
  return { authorized: false, failure: PaymentFailure.PAYMENT_FAILURE_TOKEN_UNKNOWN };
}
