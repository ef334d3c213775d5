/** A google.protobuf.Timestamp with all its digits. */
export interface ExactTime {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Set by generated decoders on a Date that is not exactly the Timestamp that was read. */
const exact = Symbol.for("mesh.timestamp");

/** Returns the Timestamp that a Date was read from, if the Date is not exactly that time; otherwise undefined. */
export function exactTimeOf(date: Date): ExactTime | undefined {
  return (date as { readonly [exact]?: ExactTime })[exact]; // Decoders set nothing else.
}
