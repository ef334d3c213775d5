import { type MeshError, type MethodDefinition, parsePrincipal, principalHeader } from "@mesh/contracts";
import { type Logger, openScope, parseTrace, type Scope, traceHeader } from "@mesh/runtime";
import { timeoutFor } from "../deadline.ts";
import type { Handler } from "./implement.ts";
import type { IncomingCall } from "./incoming.ts";

/** A call on its way to its handler and back. */
export interface ServerCall {
  readonly method: MethodDefinition;
  readonly handler: Handler;
  readonly stream: IncomingCall;
  /** What the handler gets: trace and principal from the headers, the deadline within our bounds. */
  readonly scope: Scope;
  /** Rejects when `abort` is called. */
  readonly aborted: Promise<never>;
  /** Gives the call up: aborts the scope's signal, and the caller gets the error. Not to be called once it is answered. */
  abort(error: MeshError): void;
}

/** Opens the scope of a call that arrived. */
export function openCall(method: MethodDefinition, handler: Handler, stream: IncomingCall, log: Logger): ServerCall {
  const controller = new AbortController();
  const scope = openScope({
    signal: controller.signal,
    timeoutMs: timeoutFor(method, askedMs(stream)),
    log,
    principal: parsePrincipal(stream.header(principalHeader)),
    parent: parseTrace(stream.header(traceHeader)),
  });
  let reject: (error: MeshError) => void = () => {};
  const aborted = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  aborted.catch(() => {}); // It may reject before anybody waits for it.
  const abort = (error: MeshError) => {
    reject(error);
    controller.abort(error);
  };
  return { method, handler, stream, scope, aborted, abort };
}

function askedMs({ deadline }: IncomingCall): number | undefined {
  return Number.isFinite(deadline) ? deadline - Date.now() : undefined;
}
