/** Returns the header by which a response says when to try again. It has whole seconds, rounded up. */
export function retryHeaders(retryAfterMs: number | undefined): { readonly "retry-after"?: string } {
  return retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
}
