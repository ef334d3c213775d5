import { type DescMessage, isMessage, type Message, toJson } from "@bufbuild/protobuf";

/** The examples of moments and spans of time, in JSON. */
export function messageExamples(message: DescMessage, examples: readonly unknown[]): unknown[] {
  return examples.flatMap((example) => {
    const isOne = typeof example === "object" && example !== null && isMessage(example as Message, message);
    return isOne ? [toJson(message, example as Message)] : []; // What a rule holds of a message's kind is that message.
  });
}
