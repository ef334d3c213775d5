import type { CallError } from "./failure.ts";

type Answer = NonNullable<CallError["data"]>;

/** What a refused call fails with, for tests. */
export function failed(httpStatus: number, known: Partial<Answer> = {}): CallError {
  const neutral = { code: "BAD_REQUEST", reason: "", domain: "", metadata: {}, violations: [] } as const;
  return { message: "no such order", data: { ...neutral, httpStatus, ...known } };
}
