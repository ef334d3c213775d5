import { MeshError, type MessageType, type Principal } from "@mesh/contracts";
import { formatTrace, parseTrace, type Scope, type TraceContext } from "@mesh/runtime";
import * as z from "zod";
import { InvalidJob } from "./invalid-job.ts";

/** For whom a job is done, and the trace that it is part of. */
export type Sender = Pick<Scope, "principal" | "trace">;

/** The largest payload or result, in bytes. */
const maxBytes = 256 * 1024;

const principal = z.object({
  kind: z.enum(["customer", "service"]),
  id: z.string(),
  scopes: z.array(z.string()).optional(),
});

/** A principal as it is stored. */
export type StoredPrincipal = z.infer<typeof principal>;

/** What the library stores of a job that waits. Bytes are base64: the payload is protobuf, so that contracts can grow. */
const data = z.object({
  payload: z.string(),
  principal: principal.optional(),
  trace: z.string().optional(),
  traceState: z.string().optional(),
  /** How many processes in a row have ended while they did it. */
  kills: z.number().optional(),
});

/** What the library stores of a job that runs or has ended. */
const output = z.object({
  result: z.string().optional(),
  progress: z.object({ done: z.number(), total: z.number(), note: z.string() }).optional(),
  error: z.object({ code: z.string(), reason: z.string().optional(), message: z.string() }).optional(),
});

/** How far a job is. */
export interface JobProgress {
  readonly done: number;
  /** 0: unknown. */
  readonly total: number;
  readonly note: string;
}

/** Why a job has failed, or its last attempt. */
export interface JobFailure {
  /** The canonical code: `INTERNAL` for errors that are no MeshError. */
  readonly code: string;
  /** The reason of an error of a contract. */
  readonly reason?: string | undefined;
  readonly message: string;
}

/** What the library stores of a job that runs or has ended. */
export type StoredOutput = z.infer<typeof output>;

/**
 * Returns a message with its defaults.
 *
 * @throws InvalidJob that names the fields that break a rule, but no values
 */
export function checkedMessage<T, I>(type: MessageType<T, I>, input: unknown): T {
  const checked = type.schema.safeParse(input);
  if (checked.success) return checked.data;
  const lines = checked.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw new InvalidJob(`${type.typeName} breaks its contract: ${lines.join("; ")}`);
}

/** Checks a message and encodes it. @throws MeshError RESOURCE_EXHAUSTED if it has more than 256 KiB */
export function encodeChecked<T, I>(type: MessageType<T, I>, input: unknown): Uint8Array {
  const bytes = type.encode(checkedMessage(type, input));
  if (bytes.byteLength <= maxBytes) return bytes;
  const message = `${type.typeName} has ${bytes.byteLength} bytes; a job may have ${maxBytes}: store the rest, and pass its id`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/** Returns what is stored of a job that waits. */
export function dataOf(payload: Uint8Array, { principal: owner, trace }: Sender): z.input<typeof data> {
  return {
    payload: toBase64(payload),
    ...(owner && { principal: storedPrincipal(owner) }),
    trace: formatTrace(trace),
    ...(trace.state && { traceState: trace.state }),
  };
}

/** What a process needs of a job to do it. */
export interface ReceivedData {
  readonly payload: Uint8Array;
  readonly principal: Principal | undefined;
  /** The span that enqueued it. */
  readonly parent: TraceContext | undefined;
  /** How many processes in a row have ended while they did it. */
  readonly kills: number;
}

/** Reads what is stored of a job that waits. @throws InvalidJob if another program has written it */
export function readData(stored: unknown): ReceivedData {
  const { data: read, error } = data.safeParse(stored);
  if (!read) throw new InvalidJob(`the stored job can't be read: ${error?.issues[0]?.message}`);
  return {
    payload: fromBase64(read.payload),
    principal: read.principal && readPrincipal(read.principal),
    parent: parseTrace(read.trace, read.traceState),
    kills: read.kills ?? 0,
  };
}

/** Returns the stored form of a principal. */
export function storedPrincipal({ kind, id, scopes }: Principal): StoredPrincipal {
  return { kind, id, ...(scopes && { scopes: [...scopes] }) };
}

/** Returns the principal of its stored form. */
export function readPrincipal({ kind, id, scopes }: StoredPrincipal): Principal {
  return { kind, id, ...(scopes && { scopes: new Set(scopes) }) };
}

/** Reads what is stored of a job that runs or has ended. What another program has written counts as nothing. */
export function readOutput(stored: unknown): StoredOutput {
  return output.safeParse(stored).data ?? {};
}

/** Returns the error as it is stored. */
export function failureOf(error: unknown): JobFailure {
  if (error instanceof MeshError) {
    const { code, message, reason } = error;
    return { code, message, ...(reason !== "" && { reason }) };
  }
  if (error instanceof InvalidJob) return { code: "INVALID_ARGUMENT", message: error.message };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
}

/** Returns the stored form of bytes. */
export function toBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** Returns the bytes of their stored form. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
