import { fromBinary, type JsonValue, type Registry } from "@bufbuild/protobuf";
import type { HttpRoute, MethodDefinition } from "@mesh/contracts";
import { shortenFloats } from "@mesh/contracts/json-floats";
import { descriptorOf, fieldNamed } from "./descriptors.ts";
import { recursionLimit } from "./fault-search.ts";
import { jsonWithAnys, withBytes } from "./unknown-any.ts";

/** What the responses of a route are. */
export interface WrittenRoute {
  readonly http: Pick<HttpRoute, "responseBody">;
  readonly method: Pick<MethodDefinition, "output">;
}

/** Converts a response to proto3 JSON. */
export type WriteResponse = (response: unknown) => JsonValue;

/**
 * Makes what converts the responses of one route. Fields without presence are always written, so that an empty list is
 * `[]`.
 */
export function responseWriter({ http, method }: WrittenRoute, registry: Registry): WriteResponse {
  const message = descriptorOf(registry, method.output);
  const field = fieldNamed(message, http.responseBody);
  const options = { registry: withBytes(registry), alwaysEmitImplicit: true };
  return (response) => {
    const read = fromBinary(message, method.output.encode(response), { recursionLimit });
    const json = shortenFloats(message, jsonWithAnys(message, read, options), registry);
    if (!field) return json;
    // A message that has fields is an object in JSON.
    return (json as Readonly<Record<string, JsonValue>>)[field.jsonName] ?? null;
  };
}
