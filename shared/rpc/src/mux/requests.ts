import type { MethodDefinition } from "@mesh/contracts";
import type { MuxRequest } from "@mesh/contracts/protocols/mesh/v1/index";
import { traceHeader } from "@mesh/runtime";
import { maxTimerMs } from "../deadline.ts";
import type { OutgoingHeaders } from "../headers.ts";
import type { OpenCall } from "./open-call.ts";
import { SentSigners } from "./signers.ts";

/** Makes the requests of a session. What they have in common, such as the path of a method, is sent once. */
export class Requests {
  readonly #methods = new Map<MethodDefinition, number>();
  readonly #signers = new SentSigners();

  of({ id, call, headers }: OpenCall): MuxRequest {
    const { method, request } = call;
    const known = this.#methods.get(method);
    const number = known ?? this.#methods.size;
    if (known === undefined) this.#methods.set(method, number);
    const leftMs = call.deadline - Date.now();
    const fields = this.#signers.fieldsOf(call.headers, headers);
    return {
      id,
      method: number,
      path: known === undefined ? method.path : "",
      timeoutMs: leftMs <= maxTimerMs ? Math.max(1, Math.ceil(leftMs)) : 0,
      trace: traceOf(call.headers),
      signer: fields.signer,
      signerText: fields.signerText,
      headers: fields.headers,
      message: request,
    };
  }
}

function traceOf(headers: OutgoingHeaders): string {
  const trace = headers[traceHeader];
  return typeof trace === "string" ? trace : "";
}
