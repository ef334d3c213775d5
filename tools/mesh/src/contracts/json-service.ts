import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { CommandError } from "@mesh/codegen/command";
import { defineService, type MessageType, type ServiceDefinition } from "@mesh/contracts";
import * as z from "zod";
import type { Catalogue } from "./catalogue.ts";
import type { FoundMethod } from "./find-method.ts";

/** Returns a definition with one method, `call`, whose messages are those of protobuf-es. */
export function definitionOf({ service, method }: FoundMethod): ServiceDefinition {
  const { desc, idempotency, deadlineMs, callers } = method;
  const call = {
    name: desc.name,
    kind: desc.methodKind,
    input: messageType(desc.input),
    output: messageType(desc.output),
    idempotency,
    deadlineMs,
    callers,
    gateway: undefined,
    errors: undefined,
    http: [],
  };
  return defineService(service.typeName, service, { call });
}

function messageType(desc: DescMessage): MessageType<unknown> {
  return {
    typeName: desc.typeName,
    // The server checks the rules of the contract.
    schema: z.unknown(),
    // `requestOf` makes nothing else.
    encode: (message) => toBinary(desc, message as Message),
    decode: (bytes) => fromBinary(desc, bytes),
  };
}

/** Reads a request from JSON. @throws CommandError if it is not one */
export function requestOf(desc: DescMessage, text: string, registry: Registry): Message {
  try {
    return fromJson(desc, JSON.parse(text || "{}") as JsonValue, { registry });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`not a ${desc.typeName} in JSON: ${reason}`);
  }
}

/** Returns the JSON of a response. */
export function responseJson(desc: DescMessage, response: unknown, { registry }: Catalogue): JsonValue {
  // `messageType` decodes nothing else.
  return toJson(desc, response as Message, { registry, alwaysEmitImplicit: true });
}
