/** The place of a message that a consumer sends. */
export interface StreamPlace {
  /** Its sequence in the stream. */
  readonly sequence: number;
  /** Its number among the messages that the consumer has sent, from 1. */
  readonly delivered: number;
  /** The number of messages that the consumer has after it. */
  readonly pending: number;
}

/**
 * Reads the place of a message from its reply subject: `$JS.ACK.<stream>.<consumer>.<attempts>.<sequence>.<delivered>.<time>.<pending>`.
 * Newer servers have the domain and the account before the stream, and may have more at the end. Source: ADR-15 of NATS
 *
 * @returns undefined if the subject is another one
 */
export function placeOf(reply: string): StreamPlace | undefined {
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK" || tokens.length < 9) return undefined;
  const [sequence, delivered, , pending] = tokens.slice(tokens.length === 9 ? 5 : 7).map(Number);
  if (sequence === undefined || delivered === undefined || pending === undefined) return undefined;
  return { sequence, delivered, pending };
}
