import type { IncomingMessage } from "node:http";
import { invalidArgument } from "@mesh/contracts";

/** The header by which a repeated call is recognized. Source: draft-ietf-httpapi-idempotency-key-header */
export const idempotencyHeader = "idempotency-key";

/** A String of RFC 8941, which the draft requires: `"8e03978e-40d5-43dd-bc93-6894a57f9324"`. */
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** The form that most clients send instead. */
const bare = /^[\w.~+/=:-]+$/;

const maxLength = 255;

/** Reads the Idempotency-Key of a request; undefined: there is none. @throws MeshError INVALID_ARGUMENT if it is malformed */
export function idempotencyKeyOf({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  const header = headers[idempotencyHeader];
  if (header === undefined) return undefined;
  const text = [header].flat().join(", ").trim();
  const [, inner] = quoted.exec(text) ?? [];
  const key = inner?.replace(/\\(.)/g, "$1") ?? (bare.test(text) ? text : "");
  if (key !== "" && key.length <= maxLength) return key;
  const form = `must be one quoted string of at most ${maxLength} characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`;
  throw invalidArgument("Idempotency-Key", form);
}
