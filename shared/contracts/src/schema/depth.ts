/** The most messages in each other. Source: the decoders of ts-proto and protobuf-es reject more. */
export const maxDepth = 100;

/**
 * The most objects and lists in each other in a google.protobuf.Value, Struct or ListValue. Each takes two messages, so decoders
 * have room for nine messages around them.
 */
export const maxJsonDepth = 45;

/** The depth of the message that is being parsed. Parsing is synchronous, so one number is enough. */
let depth = 0;

/** Begins a message; returns false if it is deeper than decoders accept. Call `leave` in any case. */
export function enter(): boolean {
  depth += 1;
  return depth <= maxDepth;
}

/** Ends a message, also after an error: a getter of the value may throw. */
export function leave(): void {
  depth -= 1;
}
