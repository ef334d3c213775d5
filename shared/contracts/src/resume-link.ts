import type { TRPCClientError, TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import { dataOf, isPassing, isPassingStatus, retryDelayMs } from "./client/failure.ts";

/** Options of the link that resumes subscriptions. */
export interface ResumeLinkOptions {
  /**
   * Renews the session or the token of the client, after a subscription was UNAUTHENTICATED. When it resolves, the subscription goes
   * on after its last message; if it rejects, the subscription ends with the error. Default: it ends with the error.
   */
  readonly renew?: () => Promise<unknown>;
}

/**
 * A link of a tRPC client that opens a subscription again after an error that may pass, after its last message, until the
 * caller unsubscribes. Put it before `httpSubscriptionLink`, which itself opens only connections that break.
 *
 * The waits double from 0.5 s to 5 s, with up to half of that added at random, or are as long as the gateway asks for. The caller sees each error in
 * `onConnectionStateChange`. Errors that repeat, such as NOT_FOUND, end the subscription. `renew` may make UNAUTHENTICATED pass.
 *
 * @example
 * ```ts no-run
 * import { resumeLink } from "@mesh/contracts/resume-link";
 * import { transformer } from "@mesh/contracts/transformer";
 * import type { AppRouter } from "@mesh/gateway";
 * import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
 *
 * const links = [resumeLink<AppRouter>(), httpSubscriptionLink({ url: "/trpc", transformer })];
 * const client = createTRPCClient<AppRouter>({ links });
 * ```
 */
export function resumeLink<Router extends AnyTRPCRouter>({ renew }: ResumeLinkOptions = {}): TRPCLink<Router> {
  return () => {
    return ({ op, next }) => {
      if (op.type !== "subscription") return next(op);
      return observable((observer) => {
        let lastEventId: string | undefined;
        let failures = 0;
        let timer: ReturnType<typeof setTimeout> | undefined;
        let current: { unsubscribe(): void } | undefined;
        let isDone = false;

        /** Opens it again later. */
        function wait(error: TRPCClientError<Router>): void {
          if (isDone) return;
          timer = setTimeout(open, retryDelayMs(failures, error));
          failures += 1;
        }

        function open(): void {
          const input = lastEventId === undefined ? op.input : { ...Object(op.input), lastEventId };
          current = next({ ...op, input }).subscribe({
            next(envelope) {
              const { result } = envelope;
              if (result.type === undefined || result.type === "data") {
                failures = 0;
                lastEventId = result.id ?? lastEventId;
              }
              observer.next(envelope);
            },
            error(error) {
              const renewing = isUnauthenticated(error) ? renew?.() : undefined;
              if ((!renewing && !mayPass(error)) || op.signal?.aborted) return observer.error(error);
              observer.next({ result: { type: "state", state: "connecting", error } });
              if (!renewing) return wait(error);
              renewing.then(
                () => wait(error),
                () => observer.error(error),
              );
            },
            complete: () => observer.complete(),
          });
        }

        open();
        return () => {
          isDone = true;
          clearTimeout(timer);
          current?.unsubscribe();
        };
      });
    };
  };
}

/** Returns true if the same subscription may succeed later. */
function mayPass(error: TRPCClientError<AnyTRPCRouter>): boolean {
  if (dataOf(error)) return isPassing(error);
  // The cause of a lost connection is an event. An error is a fault of the caller, such as a missing EventSource.
  if (error.cause instanceof Error) return false;
  const status = statusOf(error.cause);
  return status === undefined || isPassingStatus(status);
}

function isUnauthenticated(error: TRPCClientError<AnyTRPCRouter>): boolean {
  return dataOf(error)?.httpStatus === 401;
}

/** The status of a response that is no stream, which the `eventsource` of npm has in its events, and browsers have not. */
function statusOf(event: unknown): number | undefined {
  const status: unknown = Reflect.get(Object(event), "code");
  return typeof status === "number" ? status : undefined;
}
