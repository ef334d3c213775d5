import type { OutgoingHttpHeaders } from "node:http";

/** A request that HTTP itself refuses, before any procedure is concerned. Its message reaches the client. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
