import { randomUuid } from "@mesh/contracts/client";

/**
 * Returns the header of a request that begins a trace, as in W3C Trace Context: https://www.w3.org/TR/trace-context/. It says that the
 * trace is sampled, so that the gateway decides whether it is recorded.
 */
export function traceHeader(): [name: string, value: string] {
  return ["traceparent", `00-${randomHex()}-${randomHex().slice(16)}-01`];
}

/** Returns 32 hexadecimal digits. */
function randomHex(): string {
  return randomUuid().replaceAll("-", "");
}
