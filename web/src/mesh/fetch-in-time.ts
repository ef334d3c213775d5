import { traceHeader } from "./trace-header.ts";

/**
 * How long a request may take, in milliseconds: longer than the deadline of the gateway, 5 s for a query and 10 s for a
 * mutation, whose error names the service that is late.
 */
const timeoutsMs = { query: 7_000, mutation: 12_000 };

/** The options of a request that matter here. tRPC and `fetch` have different types for the others. */
interface RequestOptions {
  readonly method?: string;
  readonly signal?: AbortSignal | null | undefined;
  readonly headers?: HeadersInit;
}

/** Fetches as the begin of a trace, and rejects if a gateway that keeps its connections open does not respond. */
export function fetchInTime(input: RequestInfo | URL, init: RequestOptions = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(init.method === "POST" ? timeoutsMs.mutation : timeoutsMs.query);
  const headers = new Headers(init.headers);
  headers.set(...traceHeader());
  return fetch(input, { ...init, headers, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
}
