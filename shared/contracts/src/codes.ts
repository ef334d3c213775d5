/**
 * The canonical status codes and their numbers on the wire.
 *
 * Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
export const codes = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const satisfies Record<string, number>;

/** A canonical status code, by name. */
export type Code = keyof typeof codes;

const names = new Map<number, Code>(Object.entries(codes).map(([name, number]) => [number, name as Code]));

/**
 * Returns the name of a code by its number. Another number is `UNKNOWN`, as gRPC prescribes.
 *
 * @example
 * ```ts
 * import { codeName } from "@mesh/contracts";
 *
 * codeName(5); // "NOT_FOUND"
 * codeName(99); // "UNKNOWN"
 * ```
 */
export function codeName(number: number): Code {
  return names.get(number) ?? "UNKNOWN";
}
