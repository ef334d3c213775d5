import { MeshError, type MessageType, violations } from "@mesh/contracts";

/** Reads a request and checks it by its contract. @throws MeshError INVALID_ARGUMENT, with the fields at fault */
export function readRequest(type: MessageType<unknown>, bytes: Uint8Array): unknown {
  return checkRequest(type, decodeRequest(type, bytes));
}

/** Checks a request by its contract and fills in defaults. @throws MeshError INVALID_ARGUMENT, with the fields at fault */
export function checkRequest(type: MessageType<unknown>, request: unknown): unknown {
  const result = type.schema.safeParse(request);
  if (result.success) return result.data;
  const list = violations(result.error);
  const first = list.map(({ field, description }) => (field ? `${field}: ${description}` : description)).at(0);
  const message = `not a valid ${type.typeName}: ${first ?? "it breaks a rule"}`;
  throw new MeshError({ code: "INVALID_ARGUMENT", message, violations: list });
}

function decodeRequest(type: MessageType<unknown>, bytes: Uint8Array): unknown {
  try {
    return type.decode(bytes);
  } catch (cause) {
    throw new MeshError({ code: "INVALID_ARGUMENT", message: `these bytes are no ${type.typeName}`, cause });
  }
}
