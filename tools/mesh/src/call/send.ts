import { text } from "node:stream/consumers";
import type { Message } from "@bufbuild/protobuf";
import type { CallOptions } from "@mesh/contracts";
import type { Upstream } from "@mesh/rpc";
import type { Catalogue } from "../contracts/catalogue.ts";
import type { FoundMethod } from "../contracts/find-method.ts";
import { requestOf, responseJson } from "../contracts/json-service.ts";

/** Reads the requests of a call: one, or one a line for a method that takes a stream. @param json `-` is standard input */
export async function readRequests({ method }: FoundMethod, json = "", { registry }: Catalogue): Promise<Message[]> {
  const { input, methodKind } = method.desc;
  const given = json === "-" ? await text(process.stdin) : json;
  const parts = takesStream(methodKind) ? given.split("\n").filter((line) => line.trim() !== "") : [given];
  return parts.map((part) => requestOf(input, part, registry));
}

/** What is printed, and how. */
export interface Printing {
  readonly catalogue: Catalogue;
  /** Whether a single response is one line, too. */
  readonly isCompact: boolean;
}

/** Makes a call, and prints its responses as they come. @throws MeshError if it fails */
export async function send(
  upstream: Upstream,
  { method }: FoundMethod,
  requests: readonly Message[],
  options: CallOptions,
  { catalogue, isCompact }: Printing,
): Promise<void> {
  const { output, methodKind } = method.desc;
  const print = (response: unknown, indent?: number) => {
    process.stdout.write(`${JSON.stringify(responseJson(output, response, catalogue), undefined, indent)}\n`);
  };
  const result = upstream.method("call")(undefined, takesStream(methodKind) ? each(requests) : requests[0], options);
  if (!isStream(result)) return print(await result, isCompact ? undefined : 2);
  for await (const response of result) print(response);
}

function takesStream(kind: string): boolean {
  return kind === "client_streaming" || kind === "bidi_streaming";
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

function isStream(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}
