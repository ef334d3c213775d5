import type { OutgoingCall } from "../client/outgoing-call.ts";
import { methodName } from "../deadline.ts";
import { metering } from "./instruments.ts";

/** Notes that a stream is opened again. Its span has ended, and the new one gets its own. */
export function countRetry({ upstream, method }: OutgoingCall): void {
  metering.instruments?.retries.add(1, { "rpc.method": methodName(method), "server.address": upstream });
}

/** Notes that a unary call is made again. @param attempts the number of attempts that failed */
export function noteRetry(call: OutgoingCall, attempts: number): void {
  countRetry(call);
  call.trace?.span?.addEvent("retry").setAttribute("typemesh.rpc.attempts", attempts + 1);
}

/** Notes that a replica of a service was ejected. */
export function noteEjection(upstream: string): void {
  metering.instruments?.ejections.add(1, { "server.address": upstream });
}
