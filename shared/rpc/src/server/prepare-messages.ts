import type { MessageType, MethodDefinition } from "@mesh/contracts";
import { decodePooled } from "../pooled-reader.ts";
import { responseEncoder } from "./encode-response.ts";

type Messages = Pick<MethodDefinition, "input" | "output">;

/**
 * Prepares what checks and codes the messages of methods, so that their first calls need not: a schema builds nothing before
 * it is used, and that takes milliseconds. Calls go first, because each method has a turn of the event loop.
 *
 * @returns a function that ends it
 */
export function prepareMessages(methods: readonly Messages[]): () => void {
  const waiting = [...methods];
  let turn: NodeJS.Immediate | undefined;
  const prepareNext = () => {
    const method = waiting.shift();
    if (!method) return;
    prepare(method);
    turn = setImmediate(prepareNext);
  };
  turn = setImmediate(prepareNext);
  return () => clearImmediate(turn);
}

function prepare({ input, output }: Messages): void {
  try {
    input.schema.safeParse(emptyOf(input));
    responseEncoder(output)(emptyOf(output));
  } catch {
    // Such as an output that may not be empty. A call reports what is wrong.
  }
}

function emptyOf(type: MessageType<unknown>): unknown {
  return decodePooled(type, new Uint8Array());
}
