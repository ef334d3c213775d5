import { type CallOptions, formatPrincipal, type MethodDefinition, principalHeader } from "@mesh/contracts";
import { childSpan, formatTrace, newTrace, type Scope, traceHeader } from "@mesh/runtime";
import { abortError, onAbort } from "../abort.ts";
import { deadlineExceeded, methodName, timeoutFor } from "../deadline.ts";
import { hopReserveMs } from "../limits.ts";
import type { OutgoingCall, Transport } from "./transport.ts";

/** Who calls, and which way. */
export interface Caller {
  /** What the peer is called in messages. */
  readonly peer: string;
  readonly transport: Transport;
  /** What the call is part of; undefined: it stands alone. */
  readonly scope: Scope | undefined;
  /** What it sends with every call, beside the mesh's own. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
}

/**
 * Starts a call that ends with its scope, its signal or its deadline, whichever comes first.
 *
 * @throws MeshError where that is now: such a call is not started
 */
export function begin(caller: Caller, method: MethodDefinition, options: CallOptions = {}): OutgoingCall {
  const { transport, scope } = caller;
  const timeoutMs = Math.min(timeoutFor(method, options.timeoutMs), timeLeftMs(scope));
  const signals = [scope?.signal, options.signal];
  for (const signal of signals) if (signal?.aborted) throw abortError(signal.reason, methodName(method));
  if (timeoutMs <= 0) throw deadlineExceeded(method);
  const call = transport.start(method, { deadline: Date.now() + timeoutMs, headers: headersFor(caller) });
  for (const signal of signals) endWith(signal, call, method);
  return call;
}

function timeLeftMs(scope: Scope | undefined): number {
  return scope ? scope.deadline - Date.now() - hopReserveMs : Number.POSITIVE_INFINITY;
}

function headersFor({ scope, headers }: Caller): Record<string, string> {
  const trace = formatTrace(scope ? childSpan(scope.trace) : newTrace());
  const own = { ...headers?.(), [traceHeader]: trace };
  return scope?.principal ? { ...own, [principalHeader]: formatPrincipal(scope.principal) } : own;
}

function endWith(signal: AbortSignal | undefined, call: OutgoingCall, method: MethodDefinition): void {
  const forget = onAbort(signal, (reason) => call.cancel(abortError(reason, methodName(method))));
  if (signal) void call.ended.then(forget);
}
