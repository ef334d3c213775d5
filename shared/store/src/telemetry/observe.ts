import { MeshError } from "@mesh/contracts";
import { endSpan, parentOf, runInSpan, startSpan, type TraceContext } from "@mesh/runtime";
import { type Attributes, ROOT_CONTEXT, SpanKind, type SpanOptions } from "@opentelemetry/api";
import { StoreError } from "../failure.ts";
import type { StoreScope } from "../scope.ts";
import { metering, tracing } from "./instruments.ts";
import { type StatementName, statementName } from "./statement-name.ts";

const system = { "db.system.name": "postgresql" };
const transactionOptions: SpanOptions = {
  kind: SpanKind.CLIENT,
  attributes: { ...system, "db.operation.name": "TRANSACTION" },
};

/** The options and attributes of the statements of a name, made once. */
interface StatementTelemetry {
  readonly spanOptions: SpanOptions;
  /** By the class of the error; empty: none. */
  readonly measured: Map<string, Attributes>;
}

const telemetry = new WeakMap<StatementName, StatementTelemetry>();

/**
 * Runs a statement with a span and a measurement, by OpenTelemetry's conventions for PostgreSQL. It has a span if it is part of
 * work that is recorded. While no SDK is registered, it only runs.
 */
export async function observeStatement<R>(
  text: string,
  scope: StoreScope | undefined,
  run: () => Promise<R>,
): Promise<R> {
  if (!tracing.tracer && !metering.instruments) return run();
  const name = statementName(text);
  const { spanOptions, measured } = telemetryOf(name);
  const span = spanBelow(scope, name.summary, spanOptions)?.span;
  const startedAt = performance.now();
  let errorType = "";
  try {
    return await run();
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    const seconds = (performance.now() - startedAt) / 1_000;
    metering.instruments?.duration.record(seconds, attributesOf(measured, name, errorType));
    if (span) endSpan(span, errorType || undefined);
  }
}

/** Runs a transaction with a span, of which its statements and what it calls are children. */
export async function observeTransaction<R>(
  scope: StoreScope | undefined,
  run: (scope: StoreScope | undefined) => Promise<R>,
): Promise<R> {
  const trace = spanBelow(scope, "TRANSACTION", transactionOptions);
  if (!trace?.span) return run(scope);
  let errorType: string | undefined;
  try {
    // Without a scope, the active span makes the statements children.
    return await runInSpan(trace.span, run, scope && { signal: scope.signal, deadline: scope.deadline, trace });
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    endSpan(trace.span, errorType);
  }
}

/** Starts a span below that of the scope, or the active one. Undefined: none of them is recorded. */
function spanBelow(scope: StoreScope | undefined, name: string, options: SpanOptions): TraceContext | undefined {
  const { tracer } = tracing;
  const parent = tracer && parentOf(scope?.trace);
  if (!parent || parent === ROOT_CONTEXT) return undefined;
  return startSpan(tracer, name, options, parent);
}

function telemetryOf(name: StatementName): StatementTelemetry {
  let known = telemetry.get(name);
  if (!known) {
    const attributes = { ...system, "db.operation.name": name.operation, "db.query.summary": name.summary };
    known = { spanOptions: { kind: SpanKind.CLIENT, attributes }, measured: new Map() };
    telemetry.set(name, known);
  }
  return known;
}

function attributesOf(measured: Map<string, Attributes>, name: StatementName, errorType: string): Attributes {
  let attributes = measured.get(errorType);
  if (!attributes) {
    attributes = Object.freeze({
      ...system,
      "db.operation.name": name.operation,
      "db.query.summary": name.summary,
      ...(errorType !== "" && { "error.type": errorType }),
    });
    measured.set(errorType, attributes);
  }
  return attributes;
}

/** Returns the class of an error: a state of PostgreSQL, or the code of a MeshError. */
function errorTypeOf(error: unknown): string {
  const failure = error instanceof MeshError && error.cause instanceof StoreError ? error.cause : error;
  if (failure instanceof StoreError && failure.sqlState !== "") return failure.sqlState;
  return error instanceof MeshError ? error.code : "_OTHER";
}
