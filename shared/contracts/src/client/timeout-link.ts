import { TRPCClientError, type TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";

/**
 * How long an attempt may take, in milliseconds: longer than the deadline of the gateway, 5 s for a query and 10 s for a
 * mutation, whose error names the service that is late.
 */
const defaultTimeoutsMs = { query: 7_000, mutation: 12_000 };

/**
 * A link that ends queries and mutations without a response. The error has no `data`, and a cause named `TimeoutError`. The time of one
 * call is `context.timeoutMs`.
 *
 * @param timeoutMs default: 7,000 for a query, and 12,000 for a mutation
 */
export function timeoutLink<Router extends AnyTRPCRouter>(timeoutMs?: number): TRPCLink<Router> {
  return () => {
    return ({ op, next }) => {
      if (op.type === "subscription") return next(op);
      const { timeoutMs: own } = op.context;
      const ms = typeof own === "number" ? own : (timeoutMs ?? defaultTimeoutsMs[op.type]);
      return observable((observer) => {
        const attempt = next(op).subscribe(observer);
        const timer = setTimeout(() => {
          const cause = new DOMException(`${op.path}: no response after ${ms} ms`, "TimeoutError");
          observer.error(TRPCClientError.from(cause));
        }, ms);
        return () => {
          clearTimeout(timer);
          attempt.unsubscribe();
        };
      });
    };
  };
}
