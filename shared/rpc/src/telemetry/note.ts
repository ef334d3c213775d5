import type { OutgoingCall } from "../client/outgoing-call.ts";
import { methodName } from "../deadline.ts";
import { metering } from "./instruments.ts";

/** Notes that a call is made again. @param attempts the number of attempts that failed */
export function noteRetry({ upstream, method, trace }: OutgoingCall, attempts: number): void {
  metering.instruments?.retries.add(1, { "rpc.method": methodName(method), "server.address": upstream });
  trace?.span?.addEvent("retry").setAttribute("typemesh.rpc.attempts", attempts + 1);
}

/** Notes that a replica of a service was ejected. */
export function noteEjection(upstream: string): void {
  metering.instruments?.ejections.add(1, { "server.address": upstream });
}
