import type { EventDefinition } from "@mesh/contracts";

/**
 * An event that no attempt can handle, such as one that breaks its contract. `deadLetterFailures` dead-letters it at the
 * first failure.
 *
 * @example
 * ```ts
 * import { InvalidEvent } from "@mesh/events";
 *
 * const failure = new InvalidEvent("the tenant of the event was deleted");
 * ```
 */
export class InvalidEvent extends Error {
  override readonly name = "InvalidEvent";
}

/** An event or a command whose message can be checked, on either side. */
interface Checkable {
  validate(): void;
}

/**
 * Checks an event by its contract and fills in defaults, when it is published and again before it is handled.
 *
 * @example
 * ```ts
 * import { defaultPublisherMiddleware, validateEvent } from "@mesh/events";
 *
 * const without = defaultPublisherMiddleware.filter((step) => step !== validateEvent);
 * ```
 */
export async function validateEvent(call: Checkable, next: () => Promise<unknown>): Promise<unknown> {
  call.validate();
  return next();
}

/**
 * Returns an event with its defaults.
 *
 * @throws InvalidEvent that names the fields that break a rule, but no values
 *
 * @example
 * ```ts
 * import { OrderPlaced } from "@mesh/contracts/orders/v1";
 * import { checkedEvent } from "@mesh/events/invalid-event";
 *
 * const event = (input: unknown) => checkedEvent(OrderPlaced, input);
 * ```
 */
export function checkedEvent<T, I>(event: EventDefinition<T, I>, input: unknown): T {
  const result = event.schema.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 20);
  const lines = issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw new InvalidEvent(`${event.typeName} breaks its contract: ${lines.join("; ")}`);
}
