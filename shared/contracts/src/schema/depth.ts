/** The most messages in each other. Source: the decoders of ts-proto and protobuf-es reject more. */
export const maxDepth = 100;

/** The depth of the message that is being parsed. Parsing is synchronous, so one number is enough. */
let depth = 0;

/** Parses a message in another; one that is deeper than decoders take is given to `tooDeep`. */
export function nested<T>(parse: () => T, tooDeep: () => T): T {
  if (depth >= maxDepth) return tooDeep();
  depth += 1;
  try {
    return parse();
  } finally {
    // A getter of the value may throw.
    depth -= 1;
  }
}
