import { fieldFault, invalidRequest } from "./field-fault.ts";

/** The header that tells one try of a call from another. Source: draft-ietf-httpapi-idempotency-key-header */
export const idempotencyHeader = "idempotency-key";

/** A String of RFC 8941, which the draft asks for: `"8e03978e-40d5-43dd-bc93-6894a57f9324"`. */
const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** What most clients send instead. */
const bare = /^[\w.~+/=:-]+$/;

const maxLength = 255;

/** Reads an Idempotency-Key; undefined: there is none. @throws MeshError INVALID_ARGUMENT where it is none */
export function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = [header].flat().join(", ").trim();
  const [, inner] = quoted.exec(text) ?? [];
  const key = inner?.replace(/\\(.)/g, "$1") ?? (bare.test(text) ? text : "");
  if (key !== "" && key.length <= maxLength) return key;
  const form = `must be one text in quotes of at most ${maxLength} characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"`;
  throw invalidRequest([fieldFault("Idempotency-Key", form)]);
}
