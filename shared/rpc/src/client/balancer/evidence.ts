/** The calls of some replicas. */
export interface Calls {
  readonly failed: number;
  readonly succeeded: number;
}

/**
 * Returns how much more likely the results of calls are if a replica fails more often than the others, than if all fail alike:
 * the natural logarithm of the ratio of likelihoods; 0 if it fails no more often.
 * Source: https://en.wikipedia.org/wiki/Likelihood-ratio_test
 */
export function evidenceOf(own: Calls, others: Calls): number {
  if (own.failed * others.succeeded <= others.failed * own.succeeded) return 0;
  const all = { failed: own.failed + others.failed, succeeded: own.succeeded + others.succeeded };
  return logLikelihood(own) + logLikelihood(others) - logLikelihood(all);
}

/** Returns the logarithm of the probability of results by the rate that suits them best. */
function logLikelihood({ failed, succeeded }: Calls): number {
  const calls = failed + succeeded;
  return part(failed, calls) + part(succeeded, calls);
}

function part(some: number, calls: number): number {
  return some === 0 ? 0 : some * Math.log(some / calls);
}

/** Adds up calls. */
export function sumOf(calls: readonly Calls[]): Calls {
  const sum = (name: keyof Calls) => calls.reduce((total, one) => total + one[name], 0);
  return { failed: sum("failed"), succeeded: sum("succeeded") };
}

/** Returns the part of the calls that succeeded, from 0 to 1. */
export function rateOf({ failed, succeeded }: Calls): number {
  return failed + succeeded === 0 ? 0 : succeeded / (failed + succeeded);
}
