import type { IncomingMessage, ServerResponse } from "node:http";
import { parseTrace, traceHeader } from "@mesh/runtime";
import { addressOf } from "../http/address.ts";
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
