/** The position of an event in its stream. */
export interface Position {
  /** The time at which the stream was created, or had lost events, in milliseconds: then a sequence may name another event. */
  readonly created: number;
  /** The sequence of the event in the stream, or of any later one before the next event. */
  readonly sequence: number;
}

const form = /^([1-9]\d{0,15})-(0|[1-9]\d{0,15})$/;

/** Returns the id of a position: `1764495600000-7`. */
export function idOf({ created, sequence }: Position): string {
  return `${created}-${sequence}`;
}

/** Returns the position that an id names; undefined: the text is no such id. */
export function positionOf(id: string): Position | undefined {
  const [, created, sequence] = form.exec(id) ?? [];
  if (created === undefined || sequence === undefined) return undefined;
  const position = { created: Number(created), sequence: Number(sequence) };
  return Object.values(position).every(Number.isSafeInteger) ? position : undefined;
}
