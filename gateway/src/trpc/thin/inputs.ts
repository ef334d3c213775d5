import { transformer } from "@mesh/contracts/transformer";
import { TRPCError } from "@trpc/server";
import type { RequestedCalls } from "./requested-calls.ts";

/**
 * Returns the input of a call, by its place in the batch.
 *
 * @throws TRPCError BAD_REQUEST if the inputs are malformed, the same for all calls of a batch
 */
export type ReadInput = (index: number) => unknown;

/** Makes what reads the inputs of a request, once and only if a call wants its input. */
export function inputReader(calls: Pick<RequestedCalls, "isBatch" | "paths" | "text">): ReadInput {
  let inputs: readonly unknown[] | undefined;
  let failure: TRPCError | undefined;
  return (index) => {
    if (failure) throw failure;
    try {
      inputs ??= readInputs(calls);
    } catch (cause) {
      failure = rejected(cause);
      throw failure;
    }
    return inputs[index];
  };
}

function readInputs({ isBatch, paths, text }: Pick<RequestedCalls, "isBatch" | "paths" | "text">): readonly unknown[] {
  if (text === undefined) return [];
  const json: unknown = JSON.parse(text);
  if (!isBatch) return [transformer.deserialize(json)];
  if (!isRecord(json)) {
    throw new TRPCError({ code: "BAD_REQUEST", message: '"input" needs to be an object when doing a batch call' });
  }
  return paths.map((_, index) => (json[index] === undefined ? undefined : transformer.deserialize(json[index])));
}

function rejected(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  return new TRPCError({
    code: "BAD_REQUEST",
    message: cause instanceof Error ? cause.message : "Invalid input",
    cause,
  });
}

/** Adds the id after which a subscription goes on to its input, as tRPC does. */
export function withLastEventId(input: unknown, lastEventId: string | null): unknown {
  if (!lastEventId) return input;
  if (isRecord(input)) return { ...input, lastEventId };
  return input ?? { lastEventId };
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
