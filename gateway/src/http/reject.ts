import type { ServerResponse } from "node:http";
import { isRejection } from "./admission.ts";
import { type Reply, send } from "./reply.ts";

/**
 * Makes a function that responds with errors. Makes the reply to those of an admission once, because a rejection must cost little.
 *
 * @param replyOf makes the reply to an error; `more`: what else the caller knows of the request
 */
export function rejectWith<More extends readonly unknown[]>(
  replyOf: (response: ServerResponse, error: unknown, ...more: More) => Reply,
) {
  const made = new Map<unknown, Reply>();
  return function reject(response: ServerResponse, error: unknown, ...more: More): void {
    const reply = made.get(error) ?? replyOf(response, error, ...more);
    if (isRejection(error)) made.set(error, reply);
    send(response, reply);
  };
}
