import { type DescMessage, isMessage, type Message, toJson } from "@bufbuild/protobuf";

/** Returns the examples of timestamps and durations, in JSON. */
export function messageExamples(message: DescMessage, examples: readonly unknown[]): unknown[] {
  return examples.flatMap((example) => {
    const isOne = typeof example === "object" && example !== null && isMessage(example as Message, message);
    return isOne ? [toJson(message, example as Message)] : []; // isMessage has checked its type.
  });
}
