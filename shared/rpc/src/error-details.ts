import { codeName, codes, type FieldViolation, MeshError, type MessageType } from "@mesh/contracts";
import { type Any, BadRequest, ErrorInfo, RetryInfo, RpcStatus } from "./protocol/google-rpc.ts";

/** Receivers in other languages refuse trailers beyond 8 KiB; base64 takes a third more than these bytes. */
const maxDetailBytes = 4_500;
const maxMessageLength = 1_000;
const maxViolationLength = 200;

/** Writes an error as a `google.rpc.Status`, without its cause. What is too long for a header is cut. */
export function encodeDetails(error: MeshError): Uint8Array {
  for (let most = error.violations.length; most > 0; most = Math.floor(most / 2)) {
    const bytes = encodeStatus(error, error.violations.slice(0, most));
    if (bytes.length <= maxDetailBytes) return bytes;
  }
  const bytes = encodeStatus(error, []);
  return bytes.length <= maxDetailBytes ? bytes : encodeStatus(new MeshError({ ...withoutMetadata(error) }), []);
}

/** The message of an error as it may stand in a header. */
export function headerMessage(error: MeshError): string {
  // A half of a surrogate pair can't be encoded; Buffer writes U+FFFD for it.
  return Buffer.from(error.message.slice(0, maxMessageLength)).toString();
}

function withoutMetadata({ code, message, reason, domain }: MeshError) {
  return { code, message, reason: reason.slice(0, 100), domain: domain.slice(0, 100) };
}

function encodeStatus(error: MeshError, violations: readonly FieldViolation[]): Uint8Array {
  const { reason, domain, metadata, retryAfterMs } = error;
  const details: Any[] = [];
  if (reason) details.push(pack(ErrorInfo, { reason, domain, metadata: toPairs(metadata) }));
  if (violations.length > 0) details.push(pack(BadRequest, { fieldViolations: violations.map(toField) }));
  if (retryAfterMs !== undefined) details.push(pack(RetryInfo, { retryDelay: toDuration(retryAfterMs) }));
  return RpcStatus.encode({ code: codes[error.code], message: headerMessage(error), details });
}

/** Reads an error that another process sent; undefined: these are no such bytes. */
export function decodeDetails(bytes: Uint8Array): MeshError | undefined {
  try {
    const { code, message, details } = RpcStatus.decode(bytes);
    const { reason, domain, metadata } = unpack(ErrorInfo, details) ?? {};
    const violations = unpack(BadRequest, details)?.fieldViolations.map(fromField) ?? [];
    const retryDelay = unpack(RetryInfo, details)?.retryDelay;
    return new MeshError({
      code: codeName(code),
      message,
      violations,
      ...(reason === undefined ? {} : { reason, domain: domain ?? "", metadata: fromPairs(metadata ?? []) }),
      ...(retryDelay === undefined ? {} : { retryAfterMs: fromDuration(retryDelay) }),
    });
  } catch {
    return undefined;
  }
}

function pack<T>(type: MessageType<T, Partial<T>>, value: T): Any {
  return { typeUrl: `type.googleapis.com/${type.typeName}`, value: type.encode(value) };
}

function unpack<T>(type: MessageType<T, Partial<T>>, details: readonly Any[]): T | undefined {
  const found = details.find(({ typeUrl }) => typeUrl.endsWith(`/${type.typeName}`));
  return found && type.decode(found.value);
}

function toPairs(metadata: Readonly<Record<string, string>>) {
  return Object.entries(metadata).map(([key, value]) => ({ key, value }));
}

function fromPairs(pairs: ErrorInfo["metadata"]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

function toField({ field, description, rule }: FieldViolation) {
  const cut = (text: string) => text.slice(0, maxViolationLength);
  return { field: cut(field), description: cut(description), reason: cut(rule) };
}

function fromField({ field, description, reason }: BadRequest["fieldViolations"][number]): FieldViolation {
  return { field, description, rule: reason };
}

function toDuration(ms: number) {
  const whole = Math.max(0, Math.round(ms));
  return { seconds: BigInt(Math.floor(whole / 1_000)), nanos: (whole % 1_000) * 1_000_000 };
}

function fromDuration({ seconds, nanos }: { seconds: bigint; nanos: number }): number {
  return Number(seconds) * 1_000 + nanos / 1_000_000;
}
