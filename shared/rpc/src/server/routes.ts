import type { Registry } from "@bufbuild/protobuf";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { compose, type Logger } from "@mesh/runtime";
import { deadlineExceeded, methodName } from "../deadline.ts";
import { DeadlineTimer } from "../deadline-timer.ts";
import { errorWithId, newErrorId } from "../error-id.ts";
import { type FittingError, fittingError, namesRules } from "../fitting-error.ts";
import { OpenCalls } from "../open-calls.ts";
import { type LivePolicy, MethodPolicy } from "../policy/live-policy.ts";
import { toRuleViolations } from "../rule-violations.ts";
import { observeServer, type ServerObserver } from "../telemetry/observe-server.ts";
import { isOwnMethod } from "../telemetry/own-methods.ts";
import type { VerifyToken } from "../tokens/verify-token.ts";
import { sendableOverload, unlimited } from "./admission.ts";
import { CallCounts } from "./call-counts.ts";
import { limitInFlight } from "./call-limits.ts";
import { closing } from "./closing.ts";
import type { Implementation, RunCall } from "./implement.ts";
import type { IncomingStream, Route } from "./incoming-stream.ts";
import { ReceivedCall } from "./received-call.ts";
import type { InFlight, ServerMiddleware } from "./server-call.ts";

/** Options of the calls of some services. */
export interface RouteOptions {
  readonly log: Logger;
  readonly inFlight: InFlight;
  /** The names of the processes that may call every method. */
  readonly operators: readonly string[];
  readonly verifyToken: VerifyToken;
  /** The policy of the mesh. */
  readonly policy: LivePolicy;
  readonly middleware: readonly ServerMiddleware[];
  /** Resolves with the descriptors of the contracts; undefined: they are unknown. Never rejects. */
  readonly registry: () => Promise<Registry | undefined>;
}

interface MethodRouteOptions extends RouteOptions {
  readonly policies: MethodPolicy;
}

/** The way of each call to its handler, and the calls that are not answered yet. */
export class Routes {
  readonly byPath = new Map<string, Route<unknown>>();
  /** The routes of unary methods, for the mux. */
  readonly unary = new Map<string, Route<unknown>>();
  /** The routes of methods that stream their responses, for the mux. */
  readonly streaming = new Map<string, Route<unknown>>();
  /** The calls of each method, without those of the server's own services. */
  readonly counts: CallCounts[] = [];
  readonly #open = new OpenCalls<ReceivedCall>();
  #onIdle: (() => void) | undefined;
  readonly #timer = new DeadlineTimer<ReceivedCall>(
    () => this.#open.all(),
    (call) => call.expire(),
  );

  /** Adds the methods of services. @throws Error if one is there already */
  add(services: readonly Implementation[], options: RouteOptions): void {
    const all = services.flatMap(({ definition, methods }) =>
      methods.map((one) => ({ ...one, service: definition.name })),
    );
    for (const { method, run, service } of all) {
      if (this.byPath.has(method.path)) throw new Error(`${method.path} is implemented twice`);
      const policies = new MethodPolicy(options.policy, service, method.name);
      const route = this.#routeTo(method, compose(options.middleware, run), { ...options, policies });
      this.byPath.set(method.path, route);
      if (method.kind === "unary") this.unary.set(method.path, route);
      if (method.kind === "server_streaming") this.streaming.set(method.path, route);
    }
  }

  /** Aborts the streams with responses, which may have no end, or all calls. A stream of requests only is a call with a large request. */
  abort(which: "streams" | "all"): void {
    for (const call of this.#open.all()) if (which === "all" || streamsResponses(call.method)) call.abort(closing);
  }

  /** Resolves once no call is open, or after a time in milliseconds. */
  async untilIdle(mostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      timer = setTimeout(resolve, mostMs);
      this.#noteEnd();
    });
    clearTimeout(timer);
  }

  #noteEnd(): void {
    if (this.#open.size === 0) this.#onIdle?.();
  }

  #routeTo(method: MethodDefinition, run: RunCall, options: MethodRouteOptions): Route<unknown> {
    const { log, inFlight, middleware, operators, verifyToken, policies, registry } = options;
    const isLimited = middleware.includes(limitInFlight);
    const counts = isOwnMethod(method) ? undefined : new CallCounts(method);
    if (counts) this.counts.push(counts);
    const observer = observeServer(method, counts);
    const rejects = () => {
      if (!isLimited || !inFlight.rejects(method)) return false;
      if (counts) counts.rejected += 1;
      return true;
    };
    const route = (stream: IncomingStream<unknown>) => {
      if (!stream.isLocal && rejects()) {
        stream.end(sendableOverload);
        return nothing;
      }
      const policy = policies.for(stream.callerNames);
      const counted = stream.isLocal ? unlimited : inFlight;
      const call = new ReceivedCall({ method, stream, inFlight: counted, operators, verifyToken, policy, log });
      void this.#answer(call, run, registry, observer);
      return () => call.abort(endOf(call));
    };
    return Object.assign(route, { rejects });
  }

  async #answer(
    call: ReceivedCall,
    run: RunCall,
    registry: RouteOptions["registry"],
    observer: ServerObserver,
  ): Promise<void> {
    this.#open.add(call);
    const startedAt = observer.begin(call);
    this.#timer.note(call.deadline);
    try {
      await observer.run(call, run);
      call.stream.end();
      observer.end(call, startedAt, "OK");
    } catch (error) {
      const failure = await sendable(error instanceof MeshError ? error : internal, call, registry);
      call.stream.end(failure);
      observer.end(call, startedAt, failure.error.code);
    } finally {
      this.#open.remove(call);
      this.#noteEnd();
    }
  }
}

/** Returns an error that can be sent. A handler in plain JavaScript may throw one whose parts have other types. */
async function sendable(
  error: MeshError,
  call: ReceivedCall,
  registry: RouteOptions["registry"],
): Promise<FittingError> {
  try {
    return fit(error, call, namesRules(error) ? await registry() : undefined);
  } catch (err) {
    const errorId = newErrorId();
    const { code, message } = error;
    const attributes = { err, errorId, method: methodName(call.method), code, message };
    call.context.log.error(attributes, "an error can't be encoded");
    return fit(errorWithId({ code: "INTERNAL", message: "internal error" }, errorId), call, undefined);
  }
}

/** Cuts an error that no trailer can hold, and logs the names of the parts that are cut. */
function fit(error: MeshError, call: ReceivedCall, registry: Registry | undefined): FittingError {
  const { method, stream } = call;
  const { typeName } = method.input;
  const fitting = fittingError(error, stream.trailerBytes(), () =>
    toRuleViolations(error.violations, typeName, registry),
  );
  const { cut } = fitting;
  if (cut.length > 0) {
    const { reason } = error;
    call.context.log.warn({ method: methodName(method), reason, cut }, "the details of an error were shortened");
  }
  return fitting;
}

function streamsResponses({ kind }: MethodDefinition): boolean {
  return kind === "server_streaming" || kind === "bidi_streaming";
}

/** What ends a call that is over already. */
const nothing = () => {};

/** The error that a caller gets if no middleware has hidden an unknown one. */
const internal = new MeshError({ code: "INTERNAL", message: "internal error" });

/** Returns why a call is over before it was answered: grpc-js ends it at the caller's deadline, and when the caller leaves. */
function endOf({ method, stream: { deadline } }: ReceivedCall): MeshError {
  if (Date.now() >= deadline - 1) return deadlineExceeded(method);
  return new MeshError({ code: "CANCELLED", message: "the caller is gone" });
}
