import { PaymentFailure } from "@mesh/contracts/payments/v1";

/** The provider's verdict on a token. */
export type ProviderAnswer = { readonly authorized: true } | { readonly authorized: false; failure: PaymentFailure };

/**
 * Simulates a payment provider: the token decides the outcome, like the test tokens of real providers.
 *
 * @returns the delay of the response in milliseconds; 0 if it is immediate
 */
export function answerDelayMs(token: string): number {
  return token === "tok_slow" ? 3_000 : 0;
}

/** Returns the provider's response to a token. */
export function answerOf(token: string): ProviderAnswer {
  if (token === "tok_ok" || token === "tok_slow") return { authorized: true };
  if (token === "tok_declined") return { authorized: false, failure: PaymentFailure.PAYMENT_FAILURE_DECLINED };
  return { authorized: false, failure: PaymentFailure.PAYMENT_FAILURE_TOKEN_UNKNOWN };
}
