/** A change of a contract, and who does not survive it. */
export interface Case {
  readonly title: string;
  /** The contract below its head, which has 10 lines. */
  readonly before: string;
  readonly after: string;
  /** What is printed, line by line; none: the change is harmless. */
  readonly breaks: readonly string[];
}

/** Makes a case of a contract in which one thing changes: `«before → after»`. */
export function change(title: string, source: string, ...breaks: readonly string[]): Case {
  const pick = (index: number) => source.replace(/«([^→»]*)→([^»]*)»/g, (...parts: string[]) => parts[index] ?? "");
  return { title, before: pick(1), after: pick(2), breaks };
}

/** A contract whose method takes a message with one field: `string value = 1 [(buf.validate.field)…]`, at line 15. */
export function asked(field: string, rest = ""): string {
  return `service Shop {
  rpc Buy(Ask) returns (Answer);
}
message Ask {
  ${field}
}
message Answer {}
${rest}`;
}

/** What is said of a field that takes less, without the column. */
export function takesLess(text: string): string {
  return `15: Ask.value takes less: ${text}: breaks gRPC clients: take it back, or put it on a new field or a new rpc`;
}
