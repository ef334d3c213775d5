import { TRPCClientError, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { isPassing, retryAfterMsOf, retryDelayMs } from "./failure.ts";

/** A call is not retried if the server requests a longer delay. */
const maxRetryAfterMs = 30_000;

/**
 * A link that repeats queries and mutations after an error that may pass. It ends with the signal of the call, also during a
 * delay. Every mutation must have an Idempotency-Key, so that it takes effect once.
 *
 * @param retries how many attempts may follow the first one
 */
export function retryLink<Router extends AnyTRPCRouter>(retries: number): TRPCLink<Router> {
  return () => {
    return ({ op, next }) => {
      if (op.type === "subscription") return next(op);
      return observable((observer) => {
        const { signal } = op;
        let failures = 0;
        let isDone = false;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let current: { unsubscribe(): void } | undefined;

        function attempt(): void {
          current = next(op).subscribe({
            next: (envelope) => observer.next(envelope),
            complete: () => observer.complete(),
            error(error) {
              if (isDone) return;
              if (failures >= retries || !mayRetry(error)) return observer.error(error);
              timer = setTimeout(attempt, retryDelayMs(failures, error));
              failures += 1;
            },
          });
        }

        /** Does not wait for the other calls of a batch, as tRPC does. */
        const abort = () => observer.error(TRPCClientError.from(abortReason(signal)));

        if (signal?.aborted) abort();
        else attempt();
        signal?.addEventListener("abort", abort);
        return () => {
          isDone = true;
          signal?.removeEventListener("abort", abort);
          clearTimeout(timer);
          current?.unsubscribe();
        };
      });
    };
  };
}

function mayRetry(error: TRPCClientError<AnyTRPCRouter>): boolean {
  return isPassing(error) && (retryAfterMsOf(error) ?? 0) <= maxRetryAfterMs;
}

function abortReason(signal: AbortSignal | null | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException("the call was aborted", "AbortError");
}
