import type { OutgoingHttpHeaders } from "node:http";

/** The statuses of requests that are rejected before a procedure runs. 499: the client left. */
export type HttpErrorStatus = 400 | 403 | 404 | 405 | 406 | 408 | 412 | 413 | 415 | 416 | 499;

/** A request that HTTP itself rejects, before a procedure runs. Its message reaches the client. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: HttpErrorStatus;
  /** Headers of the response, such as `allow`. */
  readonly headers: OutgoingHttpHeaders;

  constructor(
    status: HttpErrorStatus,
    message: string,
    options: ErrorOptions & { headers?: OutgoingHttpHeaders } = {},
  ) {
    super(message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}
