import { NatsError } from "nats";

/** Returns the HTTP-like code of an error from JetStream; undefined: it is another error. */
export function apiCodeOf(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.code : undefined;
}

/** Returns the message of an error. For some errors of JetStream the client's own message is only a number. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error instanceof NatsError && error.api_error?.description) || error.message;
}
