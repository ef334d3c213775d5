import { codeName, codes, type FieldViolation, MeshError, type MessageType } from "@mesh/contracts";
import type { Violations } from "@mesh/contracts/protocols/buf/validate/index";
import { ViolationsMessage } from "@mesh/contracts/protocols/buf/validate/violations.messages";
import {
  BadRequestMessage,
  ErrorInfoMessage,
  RetryInfoMessage,
  StatusMessage,
} from "@mesh/contracts/protocols/google/rpc/error.messages";
import type { Delay } from "@mesh/contracts/protocols/google/rpc/index";
import { fromRuleViolation } from "./rule-violations.ts";

/** A message and the name of its type, as `google.protobuf.Any` has it. */
interface Detail {
  typeUrl: string;
  value: Uint8Array;
}

/** The longest google.protobuf.Duration. Source: duration.proto */
const maxDelayMs = 315_576_000_000_000;

const maxMessageLength = 1_000;

/** The most bytes of a message in a header, which writes each byte that is not ASCII as three. */
const maxMessageBytes = 1_500;

/** The message of an error as a header can hold it. */
export function headerMessage(error: MeshError): string {
  // A half of a surrogate pair can't be encoded; Buffer writes U+FFFD for it.
  let text = Buffer.from(cutText(error.message, maxMessageLength)).toString();
  while (encodeURI(text).length > maxMessageBytes) text = cutText(text, text.length * 0.9);
  return text;
}

/** Returns the start of a text, without half of a surrogate pair at its end. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

/**
 * Writes an error as a `google.rpc.Status`, without its cause.
 *
 * @param broken the violations with the paths of their rules; undefined: these are left out
 */
export function encodeDetails(error: MeshError, broken?: Violations): Uint8Array {
  const { reason, domain, violations, retryAfterMs } = error;
  const details: Detail[] = [];
  if (reason) details.push(pack(ErrorInfoMessage, { reason, domain, metadata: textsOf(error) }));
  if (violations.length > 0) details.push(pack(BadRequestMessage, { fieldViolations: violations.map(toField) }));
  if (broken) details.push(pack(ViolationsMessage, broken));
  if (retryAfterMs !== undefined && !Number.isNaN(retryAfterMs))
    details.push(pack(RetryInfoMessage, { retryDelay: toDelay(retryAfterMs) }));
  return StatusMessage.encode({ code: codes[error.code], message: headerMessage(error), details });
}

/** Reads an error that another process sent; undefined: the bytes are not a `google.rpc.Status`. */
export function decodeDetails(bytes: Uint8Array): MeshError | undefined {
  try {
    const { code, message, details } = StatusMessage.decode(bytes);
    const info = unpack(ErrorInfoMessage, details);
    const plain = unpack(BadRequestMessage, details)?.fieldViolations.map(fromField) ?? [];
    const broken = unpack(ViolationsMessage, details)?.violations.map(fromRuleViolation) ?? [];
    const retryAfterMs = fromDelay(unpack(RetryInfoMessage, details)?.retryDelay);
    return new MeshError({
      code: codeName(code),
      message,
      // Both say the same, but servers of another make may send only one.
      violations: broken.length >= plain.length ? broken : plain,
      ...info,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  } catch {
    return undefined;
  }
}

function textsOf({ metadata }: MeshError): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}

function pack<T, I>(type: MessageType<T, I>, value: T): Detail {
  return { typeUrl: `type.googleapis.com/${type.typeName}`, value: type.encode(value) };
}

function unpack<T, I>(type: MessageType<T, I>, details: readonly Detail[]): T | undefined {
  const found = details.find(({ typeUrl }) => typeUrl.endsWith(`/${type.typeName}`));
  return found && type.decode(found.value);
}

function toField({ field, description, rule }: FieldViolation) {
  return { field, description, reason: rule };
}

function fromField({ field, description, reason }: { field: string; description: string; reason: string }) {
  return { field, description, rule: reason };
}

function toDelay(ms: number) {
  const whole = Math.min(Math.max(0, Math.round(ms)), maxDelayMs);
  return { seconds: BigInt(Math.floor(whole / 1_000)), nanos: (whole % 1_000) * 1_000_000 };
}

/** Returns a delay in milliseconds; undefined: there is none, or it is negative or too long for a google.protobuf.Duration. */
function fromDelay(delay: Delay | undefined): number | undefined {
  if (!delay) return undefined;
  const ms = Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000;
  return ms >= 0 && ms <= maxDelayMs ? ms : undefined;
}
