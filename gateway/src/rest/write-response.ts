import { fromBinary, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { descriptorOf, fieldNamed } from "./descriptors.ts";
import type { Route } from "./routes.ts";

/** Writes what a method answered as proto3 JSON. */
export type WriteResponse = (response: unknown) => JsonValue;

/**
 * What writes the responses of one route. Fields that are never absent are written whatever they hold, so that a list
 * without items is `[]`.
 */
export function responseWriter({ http, method }: Route, registry: Registry): WriteResponse {
  const message = descriptorOf(registry, method.output);
  const field = fieldNamed(message, http.responseBody);
  const options = { registry, alwaysEmitImplicit: true };
  return (response) => {
    const json = toJson(message, fromBinary(message, method.output.encode(response)), options);
    if (!field) return json;
    // Only a message that has no field form, such as google.protobuf.Struct, is no object.
    return (json as Readonly<Record<string, JsonValue>>)[field.jsonName] ?? null;
  };
}
