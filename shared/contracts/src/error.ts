import type { Code } from "./codes.ts";

/** A field of the input that breaks a rule. */
export interface FieldViolation {
  /** The path of the field, in the .proto's names: `items[0].quantity`. */
  readonly field: string;
  /** The error, for developers. */
  readonly description: string;
  /** The id of the rule, such as `int32.gte`; empty: none. */
  readonly rule: string;
  /**
   * The path of the rule in the options of the field, as protovalidate has it: `repeated.items.string.uuid`, `cel[0]`.
   * Absent: the same as `rule`, as it is for a standard rule of a single field. Empty: a rule of the whole message.
   */
  readonly rulePath?: string;
  /** True if the key of a map entry breaks the rule, not its value. Absent: false. */
  readonly forKey?: boolean;
}

/** The part of an error for programs, as in `google.rpc.ErrorInfo`. Each error enum has a union of those of its reasons. */
export interface ErrorInfo {
  /** The reason that an error enum declares, such as `OUT_OF_STOCK`; empty: none declared. */
  readonly reason: string;
  /** The enum that declares the reason: `orders.v1.OrderError`; empty: none. */
  readonly domain: string;
  /** The details of the reason, by keys that the contract names, with the types that it declares. */
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** The part for programs of an error that no contract declares: empty. */
export interface NoErrorInfo extends ErrorInfo {
  readonly reason: "";
  readonly domain: "";
  readonly metadata: Readonly<Record<string, never>>;
}

/** The optional parts of an error beside its code, its reason and its metadata. */
export interface ErrorExtras {
  /** For developers; reaches callers. */
  readonly message?: string;
  readonly violations?: readonly FieldViolation[];
  /** The time to wait before a retry; 0: none. */
  readonly retryAfterMs?: number;
  /** For us: logged, never sent. */
  readonly cause?: unknown;
}

/** The parts of a MeshError. */
export interface MeshErrorInit extends ErrorExtras, Partial<ErrorInfo> {
  readonly code: Code;
  readonly message: string;
}

/** The error class of the mesh. It passes every hop unchanged, except for its cause. */
export class MeshError extends Error implements ErrorInfo {
  override readonly name = "MeshError";
  readonly code: Code;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
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

/** A reason, as its contract declares it. */
export interface ErrorReason {
  readonly reason: string;
  readonly code: Code;
  /** The keys of its metadata. */
  readonly metadata: readonly string[];
  /** The types of those that are not text. */
  readonly types?: Readonly<Record<string, Exclude<MetadataScalar, "string">>>;
  /** The comment in the .proto. */
  readonly description: string;
}

/** An error enum: for each reason, a function that makes the error, and its declaration. */
export interface ErrorCatalogue<I extends ErrorInfo = ErrorInfo> {
  /** The full protobuf name: `orders.v1.OrderError`. */
  readonly domain: string;
  readonly reasons: readonly ErrorReason[];
  /** Holds the type; there is no such property at run time. */
  readonly info?: I;
  /** Returns whether an error, from this process or another, has one of these reasons. */
  has(error: unknown): error is MeshError & I;
}

/** A value in the metadata of a reason. Between services it travels as text. */
export type MetadataValue = string | number | bigint | boolean;

/** The type of such a value in a contract. */
export type MetadataScalar = "string" | "bool" | "int32" | "uint32" | "int64" | "uint64" | "double";

/** The type of such a value in TypeScript. */
export type MetadataType = "string" | "number" | "bigint" | "boolean";

/** Makes an error catalogue; called by generated code, with `reasons` by their name in TypeScript (`outOfStock`). */
export function defineErrors<T extends ErrorCatalogue>(domain: string, reasons: Record<string, ErrorReason>): T {
  const list = Object.values(reasons);
  const makers = Object.entries(reasons).map(([name, reason]) => [name, makerOf(domain, reason)] as const);
  const has = (error: unknown): error is MeshError =>
    error instanceof MeshError && error.domain === domain && list.some(({ reason }) => reason === error.reason);
  const catalogue: ErrorCatalogue = { ...Object.fromEntries(makers), domain, reasons: list, has };
  // The generated declaration of T names exactly the functions in `makers`.
  return catalogue as T;
}

function makerOf(domain: string, declared: ErrorReason) {
  const { reason, code, description } = declared;
  return (given: Record<string, MetadataValue> = {}, extras: ErrorExtras = {}): MeshError => {
    const metadata = typedMetadata(declared, (key) => given[key]);
    return new MeshError({ message: description, ...extras, code, domain, reason, metadata });
  };
}

/** Returns the values of the declared keys with the declared types. */
function typedMetadata(
  { metadata: keys, types = {} }: ErrorReason,
  given: (key: string) => MetadataValue | undefined,
): Record<string, MetadataValue> {
  const typeOf = (key: string) => (Object.hasOwn(types, key) ? types[key] : undefined) ?? "string";
  return Object.fromEntries(keys.map((key) => [key, readers[typeOf(key)](String(given(key)))]));
}

/** Read values from text. A sender may have another version of the contract: a value that a type does not have is zero. */
const readers: Readonly<Record<MetadataScalar, (text: string) => MetadataValue>> = {
  string: (text) => text,
  bool: (text) => text === "true",
  int32: (text) => integerOr0(readNumber(text), (value) => value | 0),
  uint32: (text) => integerOr0(readNumber(text), (value) => value >>> 0),
  int64: (text) => bigintOr0(text, BigInt.asIntN),
  uint64: (text) => bigintOr0(text, BigInt.asUintN),
  double: (text) => (/^(NaN|-?Infinity)$/.test(text) ? Number(text) : readNumber(text)),
};

function readNumber(text: string): number {
  const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : 0;
  return Number.isFinite(value) ? value : 0;
}

/** @param wrap returns an integer modulo 2^32, which is the same integer if it has 32 bits */
function integerOr0(value: number, wrap: (value: number) => number): number {
  return wrap(value) === value ? wrap(value) : 0;
}

/** @param wrap returns an integer modulo 2^64, which is the same integer if it has 64 bits */
function bigintOr0(text: string, wrap: (bits: number, value: bigint) => bigint): bigint {
  const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : 0n;
  return wrap(64, value) === value ? value : 0n;
}

/**
 * Returns an error with exactly the metadata that a catalogue names for its reason, because its sender may have another
 * version of the contract. A missing key is empty, zero or false. Returns undefined if the catalogue has no such reason.
 *
 * @example
 * ```ts
 * import { asDeclared, MeshError } from "@mesh/contracts";
 * import { PaymentError } from "@mesh/contracts/payments/v1";
 *
 * const { domain } = PaymentError;
 * const reason = { domain, reason: "PAYMENT_NOT_FOUND", metadata: { orderId: "7", addedLater: "yes" } };
 * const error = new MeshError({ code: "NOT_FOUND", message: "no payment", ...reason });
 * asDeclared(error, PaymentError)?.metadata; // { orderId: "7" }
 * ```
 */
export function asDeclared(error: MeshError, catalogue: ErrorCatalogue | undefined): MeshError | undefined {
  if (!catalogue?.has(error)) return undefined;
  const declared = catalogue.reasons.find(({ reason }) => reason === error.reason);
  const valueAt = (key: string) => (Object.hasOwn(error.metadata, key) ? error.metadata[key] : undefined) ?? "";
  const metadata = declared ? typedMetadata(declared, valueAt) : {};
  const { code, message, reason, domain, violations, retryAfterMs, cause } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new MeshError({ code, message, reason, domain, metadata, violations, cause, ...wait });
}

/**
 * Makes an error for input that the contract's rules accept and the service rejects.
 *
 * @param field its path, in the names of the .proto: `items[0].product_id`
 *
 * @example
 * ```ts
 * import { invalidArgument } from "@mesh/contracts";
 *
 * export function checkPrice(minorUnits: bigint): void {
 *   if (minorUnits <= 0n) throw invalidArgument("price.minor_units", "must be above zero");
 * }
 * ```
 */
export function invalidArgument(field: string, description: string): MeshError {
  const message = `${field}: ${description}`;
  return new MeshError({ code: "INVALID_ARGUMENT", message, violations: [{ field, description, rule: "" }] });
}
