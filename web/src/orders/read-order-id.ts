const uuid = /(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])/i;

/** Reads the id of an order from a text that has it, such as a link. Undefined: it has none. */
export function readOrderId(text: string): string | undefined {
  return uuid.exec(text)?.[0].toLowerCase();
}
