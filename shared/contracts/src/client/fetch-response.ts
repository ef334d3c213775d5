/** Which requests have cookies. */
export type Credentials = NonNullable<RequestInit["credentials"]>;

/** The error of a response that is not from the gateway, such as that of a proxy. */
export class ResponseError extends Error {
  override readonly name = "ResponseError";
  readonly response: Response;

  constructor(response: Response) {
    super(`unexpected response: ${response.status} ${response.statusText}`.trimEnd());
    this.response = response;
  }
}

/**
 * Returns a `fetch` for links of tRPC, which parse the body of every response and lose its status if they can't. The parameters accept
 * what tRPC passes, whose types are wider than those of `fetch`.
 *
 * @throws ResponseError if the response has the status of an error and is not JSON
 */
export function fetchResponse(send: typeof fetch, credentials: Credentials) {
  return async (input: Parameters<typeof fetch>[0], init?: object): Promise<Response> => {
    const response = await send(input, { ...init, credentials });
    if (response.ok || /\bjson\b/.test(response.headers.get("content-type") ?? "")) return response;
    // Frees the connection. A body that is lost changes nothing.
    response.body?.cancel().catch(() => {});
    throw new ResponseError(response);
  };
}
