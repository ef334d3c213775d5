import type { IncomingMessage, ServerResponse } from "node:http";
import { parseTrace, traceHeader } from "@mesh/runtime";
import type { Identify } from "../identity/caller.ts";
import type { GatewayRequest } from "./procedure-call.ts";

/** Finds out the caller, the address and the trace of a request. */
export type OpenRequest = (request: IncomingMessage, response: ServerResponse) => Promise<GatewayRequest>;

/** Makes what opens the requests of a gateway. `proxies`: how many proxies are in front of it. */
export function requestOpener(identify: Identify, proxies: number): OpenRequest {
  return async (request, response) => ({
    request,
    response,
    caller: await identify(request, response),
    address: addressOf(request, proxies),
    trace: parseTrace([request.headers[traceHeader] ?? []].flat()[0]),
  });
}

/**
 * Returns the client's address. Each proxy appends the address that called it to X-Forwarded-For; a client may have
 * made up everything before those entries.
 *
 * @param proxies how many proxies are in front of the gateway
 */
export function addressOf({ headers, socket }: IncomingMessage, proxies: number): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const address = proxies > 0 ? forwarded.at(-proxies)?.trim() : undefined;
  return address || (socket.remoteAddress ?? "");
}
