import {
  type HandlersOf,
  MeshError,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceTypes,
} from "@mesh/contracts";
import { type AddedBy, compose, type Step } from "@mesh/runtime";
import { onAbort } from "../deadline.ts";
import { maxResponseBytes } from "../message-stream.ts";
import { responseCopier, responseEncoder, type WriteResponse } from "./encode-response.ts";
import type { ReceivedCall } from "./received-call.ts";
import type { CallScope, ServerMiddleware } from "./server-call.ts";

/** Runs a call to its end: reads its requests, runs its handler and sends what it returns. */
export type RunCall = (call: ReceivedCall) => Promise<unknown>;

/** A service and the functions that implement it. */
export interface Implementation {
  readonly definition: ServiceDefinition;
  readonly methods: readonly { readonly method: MethodDefinition; readonly run: RunCall }[];
}

/** Options of one service. */
export interface ImplementOptions<M extends readonly ServerMiddleware[]> {
  /** Runs around every handler, inside of the middleware of the server. Default: none. */
  readonly middleware?: M;
}

type Handler = (input: unknown, context: CallScope) => unknown;

/**
 * Joins a service and its handlers. Each handler gets the request, or an iterable of requests, and the context of its
 * call: its scope and what the middleware adds.
 *
 * @throws Error naming the methods without a handler
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { implement } from "@mesh/rpc";
 *
 * const payments = implement(PaymentService, {
 *   async getPayment({ orderId }) {
 *     throw PaymentError.paymentNotFound({ orderId });
 *   },
 *   async refundPayment({ orderId }) {
 *     throw PaymentError.notRefundable({ orderId });
 *   },
 * });
 * ```
 */
export function implement<T extends ServiceTypes, const M extends readonly ServerMiddleware[] = readonly []>(
  definition: ServiceDefinition<T>,
  handlers: HandlersOf<T, CallScope & AddedBy<M>>,
  { middleware }: ImplementOptions<M> = {},
): Implementation {
  const entries = Object.entries(definition.methods);
  const missing = entries.filter(([name]) => typeof Reflect.get(handlers, name) !== "function");
  if (missing.length > 0) {
    throw new Error(`${definition.typeName} has no handler for ${missing.map(([name]) => name).join(", ")}`);
  }
  const methods = entries.map(([name, method]) => {
    // Called on the object, so that handlers may be methods of a class. HandlersOf has checked their types.
    const handler: Handler = (Reflect.get(handlers, name) as Handler).bind(handlers);
    return { method, run: runnerOf(method, handler, middleware ?? []) };
  });
  return { definition, methods };
}

function runnerOf(method: MethodDefinition, handler: Handler, middleware: readonly Step<ReceivedCall>[]): RunCall {
  const write = { bytes: responseEncoder(method.output), copy: responseCopier(method.output) };
  switch (method.kind) {
    case "unary":
      return responding(
        compose(middleware, (call) => call.request().then((request) => handler(request, call.context))),
        write,
      );
    case "client_streaming":
      return responding(
        compose(middleware, async (call) => handler(call.requests(), call.context)),
        write,
      );
    case "server_streaming":
      return compose(middleware, async (call) => {
        await respondAll(call, iterable(handler(await call.request(), call.context)), write);
      });
    case "bidi_streaming":
      return compose(middleware, (call) => respondAll(call, iterable(handler(call.requests(), call.context)), write));
    default:
      return method.kind satisfies never;
  }
}

/** What writes a response: for another process, and for this one. */
interface Writers {
  readonly bytes: WriteResponse<Uint8Array>;
  readonly copy: WriteResponse<unknown>;
}

/** Sends the one response that a call gives. */
function responding(run: RunCall, write: Writers): RunCall {
  return (call) =>
    run(call).then((response) => {
      const sending = respond(call, call.checked(response), write);
      return sending ? sending.then(() => response) : response;
    });
}

function iterable(given: unknown): AsyncIterable<unknown> {
  // HandlersOf says that it is one; a handler in plain JavaScript may still get it wrong.
  if (Object(given)[Symbol.asyncIterator]) return given as AsyncIterable<unknown>;
  throw new TypeError("the handler of a streaming method must return an async iterable");
}

/** Sends one response. @throws MeshError RESOURCE_EXHAUSTED if it leaves the process, and is larger than 4 MiB */
function respond(call: ReceivedCall, response: unknown, write: Writers): Promise<void> | undefined {
  if (call.stream.isLocal) return call.send(write.copy(response));
  const bytes = write.bytes(response);
  if (bytes.length <= maxResponseBytes) return call.send(bytes);
  const message = `a response of ${bytes.length} bytes is over the limit of ${maxResponseBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/** Sends responses as they come, each once there is room for it. If the call ends before the source, the source ends. */
async function respondAll(call: ReceivedCall, responses: AsyncIterable<unknown>, write: Writers): Promise<void> {
  const source = responses[Symbol.asyncIterator]();
  const leave = async () => void (await source.return?.());
  // A source that waits for something, as most do, would otherwise wait on after the call.
  const forget = onAbort(call.context.signal, () => void leave().catch(() => undefined));
  try {
    for (let step = await source.next(); !step.done; step = await source.next()) {
      try {
        await respond(call, call.checked(step.value), write);
      } catch (error) {
        await leave();
        throw error;
      }
    }
    // Until then it counts as a call.
    await call.stream.flushed?.();
  } finally {
    forget();
  }
}
