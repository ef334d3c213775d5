import type { Code, MethodDefinition } from "@mesh/contracts";
import { endSpan } from "@mesh/runtime";
import { type Attributes, type Span, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { methodName } from "../deadline.ts";

/** The end of a call: the name of its status in gRPC. */
export type CallStatus = Code | "OK";

/** The codes of a server's responses that are failures of the server, by OpenTelemetry's conventions for gRPC. */
const serverErrors: ReadonlySet<CallStatus> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);

/** The most callers of a method that are measured apart. A mesh has fewer: their names are those of certificates. */
const maxCallers = 100;
const otherCallers = "_OTHER";

/**
 * The names and attributes of a method's calls, made once: by OpenTelemetry's conventions for gRPC, version 1.45.
 *
 * The attributes of measurements leave out `rpc.system.name`, which is always `grpc`: the SDK serializes them for each
 * measurement, which takes 1.2 µs with it and 0.9 µs without.
 */
export class MethodTelemetry {
  /** The name of the spans. */
  readonly name: string;
  readonly spanOptions: SpanOptions;
  readonly #isServer: boolean;
  /** By caller and status. */
  readonly #measured = new Map<string | undefined, Map<CallStatus, Attributes>>();

  /** @param upstream the service that is called; undefined: the calls are those that a server gets */
  constructor(method: MethodDefinition, upstream: string | undefined) {
    this.name = methodName(method);
    this.#isServer = upstream === undefined;
    this.spanOptions = Object.freeze({
      kind: upstream === undefined ? SpanKind.SERVER : SpanKind.CLIENT,
      attributes: Object.freeze({
        "rpc.system.name": "grpc",
        "rpc.method": this.name,
        ...(upstream !== undefined && { "server.address": upstream }),
      }),
    });
  }

  /**
   * The attributes of the measurement of a call. There are as many as callers and statuses.
   *
   * @param caller the name of the process that calls, if the calls are those of a server; undefined: it proves none
   */
  attributesOf(status: CallStatus, caller?: string): Attributes {
    const isKnown = this.#measured.has(caller) || this.#measured.size < maxCallers;
    const name = isKnown ? caller : otherCallers;
    const byStatus = this.#measured.get(name) ?? new Map<CallStatus, Attributes>();
    let attributes = byStatus.get(status);
    if (!attributes) {
      attributes = Object.freeze({
        "rpc.method": this.name,
        "rpc.status_code": status,
        ...(name !== undefined && { "typemesh.caller": name }),
        ...(this.#isError(status) && { "error.type": status }),
      });
      this.#measured.set(name, byStatus.set(status, attributes));
    }
    return attributes;
  }

  /** Ends the span of a call. */
  endSpan(span: Span, status: CallStatus): void {
    span.setAttribute("rpc.status_code", status);
    endSpan(span, this.#isError(status) ? status : undefined);
  }

  #isError(status: CallStatus): boolean {
    return this.#isServer ? serverErrors.has(status) : status !== "OK";
  }
}
