import type { TRPCClientError, TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import type { ErrorFacts } from "./procedure.ts";

/** Request timeout, too many requests, and server unavailable. The gateway maps gRPC's codes to these. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const firstDelayMs = 500;
const maxDelayMs = 5_000;

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
 * The waits double from 0.5 s to 5 s, or are as long as the gateway asks for. The caller sees each error in
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
          timer = setTimeout(open, delayMs(failures, error));
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
              if ((!renewing && !isPassing(error)) || op.signal?.aborted) return observer.error(error);
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
function isPassing(error: TRPCClientError<AnyTRPCRouter>): boolean {
  const data = dataOf(error);
  if (data) return passingStatuses.has(data.httpStatus);
  // The cause of a lost connection is an event. An error is a fault of the caller, such as a missing EventSource.
  if (error.cause instanceof Error) return false;
  const status = statusOf(error.cause);
  return status === undefined || status >= 500 || passingStatuses.has(status);
}

function isUnauthenticated(error: TRPCClientError<AnyTRPCRouter>): boolean {
  return dataOf(error)?.httpStatus === 401;
}

/** The status of a response that is no stream, which the `eventsource` of npm has in its events, and browsers have not. */
function statusOf(event: unknown): number | undefined {
  const status: unknown = Reflect.get(Object(event), "code");
  return typeof status === "number" ? status : undefined;
}

function delayMs(failures: number, error: TRPCClientError<AnyTRPCRouter>): number {
  return Math.max(Math.min(firstDelayMs * 2 ** failures, maxDelayMs), dataOf(error)?.retryAfterMs ?? 0);
}

/** The data of an error of the gateway. Another server may send something else. */
function dataOf({ data }: { readonly data?: unknown }): ErrorFacts | undefined {
  const status: unknown = Reflect.get(Object(data), "httpStatus");
  return typeof status === "number" ? (data as ErrorFacts) : undefined;
}
