import type { MessageType } from "./message.ts";

/**
 * A job, as its contract declares it.
 *
 * @typeParam R its result; undefined: it has none
 * @typeParam O what its handler returns: R without the fields whose default the rules accept
 */
export interface JobDefinition<T, I = T, R = undefined, O = void> extends MessageType<T, I>, JobTerms {
  /** Undefined: it returns nothing. */
  readonly result: MessageType<R, O> | undefined;
}

/** How a job is tried. */
export interface JobTerms {
  /** The longest that one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The most attempts, the first one included. */
  readonly attempts: number;
  /** The pause after the first attempt that failed, in seconds. It doubles with each further one. */
  readonly retryDelaySeconds: number;
}

/** Defines a job. Generated code calls it. */
export function defineJob<T, I, R = undefined, O = void>(
  message: MessageType<T, I>,
  terms: JobTerms & { readonly result: MessageType<R, O> | undefined },
): JobDefinition<T, I, R, O> {
  return { ...message, ...terms };
}
