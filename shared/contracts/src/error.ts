import type { Code } from "./codes.ts";

/** A field of the input that breaks a rule. */
export interface FieldViolation {
  /** Where it is, in the .proto's names: `items[0].quantity`. */
  readonly field: string;
  /** What is wrong with it, for developers. */
  readonly description: string;
  /** The id of the rule, such as `int32.gte`; empty: none. */
  readonly rule: string;
}

/** What a MeshError is made of. */
export interface MeshErrorInit {
  readonly code: Code;
  /** For developers; reaches callers. */
  readonly message: string;
  /** For programs: what an error enum declares, such as `OUT_OF_STOCK`. */
  readonly reason?: string;
  /** The enum that declares the reason: `orders.v1.OrderError`. */
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  /** How long to wait before trying again. */
  readonly retryAfterMs?: number;
  /** For us: logged, never sent. */
  readonly cause?: unknown;
}

/** The one error of the mesh: it travels through every hop as it is, but for its cause. */
export class MeshError extends Error {
  override readonly name = "MeshError";
  readonly code: Code;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(init: MeshErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.reason = init.reason ?? "";
    this.domain = init.domain ?? "";
    this.metadata = init.metadata ?? {};
    this.violations = init.violations ?? [];
    this.retryAfterMs = init.retryAfterMs;
  }
}

/** What a contract says of one reason. */
export interface ErrorReason {
  readonly reason: string;
  readonly code: Code;
  /** The keys of its metadata. */
  readonly metadata: readonly string[];
  /** The comment in the .proto. */
  readonly description: string;
}

/** An error enum: a function per reason that makes the error, and what the contract says of each. */
export interface ErrorCatalogue {
  /** The full protobuf name: `orders.v1.OrderError`. */
  readonly domain: string;
  readonly reasons: readonly ErrorReason[];
  /** Whether an error, from this process or another, has one of these reasons. */
  has(error: unknown): error is MeshError;
}

/** What a reason's metadata may be given as; it travels as text. */
export type MetadataValue = string | number | bigint | boolean;

/** Called by generated code; `reasons` by their name in TypeScript (`outOfStock`). */
export function defineErrors<T extends ErrorCatalogue>(domain: string, reasons: Record<string, ErrorReason>): T {
  const list = Object.values(reasons);
  const makers = Object.entries(reasons).map(([name, reason]) => [name, makerOf(domain, reason)] as const);
  const has = (error: unknown): error is MeshError =>
    error instanceof MeshError && error.domain === domain && list.some(({ reason }) => reason === error.reason);
  // The generated declaration of T names exactly these functions.
  return { ...Object.fromEntries(makers), domain, reasons: list, has } as unknown as T;
}

function makerOf(domain: string, { reason, code, metadata: keys, description }: ErrorReason) {
  return (metadata: Record<string, MetadataValue> = {}, message = description): MeshError => {
    const texts = keys.map((key) => [key, String(metadata[key])] as const);
    return new MeshError({ code, domain, reason, message, metadata: Object.fromEntries(texts) });
  };
}

/** An error for input that the contract's rules let through and the service does not. */
export function invalidArgument(field: string, description: string): MeshError {
  const message = `${field}: ${description}`;
  return new MeshError({ code: "INVALID_ARGUMENT", message, violations: [{ field, description, rule: "" }] });
}
