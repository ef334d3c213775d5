/** How deep messages may be in each other. Source: decoders of ts-proto and protobuf-es refuse what is deeper. */
export const maxDepth = 100;

/** How deep the message is that is being parsed; parsing is synchronous, so that one number does. */
let depth = 0;

/** Parses a message in another; `tooDeep` answers for one that is deeper than any decoder would take. */
export function nested<T>(parse: () => T, tooDeep: () => T): T {
  if (depth >= maxDepth) return tooDeep();
  depth += 1;
  try {
    return parse();
  } finally {
    // A getter of what is parsed may throw.
    depth -= 1;
  }
}
