import { type ProxyTracerProvider, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";

/** A source of spans, named after the package that has them. It makes none while no OpenTelemetry SDK is registered. */
export class Tracing {
  readonly #name: string;
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** The tracer of the SDK; undefined: none is registered. */
  get tracer(): Tracer | undefined {
    const provider = trace.getTracerProvider();
    if (this.#tracer && provider === this.#provider) return this.#tracer;
    this.#provider = provider;
    this.#tracer = tracerOf(provider, this.#name);
    return this.#tracer;
  }
}

/** Returns whether an SDK is registered that makes spans. */
export function isTracing(): boolean {
  return anySpans.tracer !== undefined;
}

const anySpans = new Tracing("@mesh/runtime");

/** The API has a provider at all times. It passes requests to that of the SDK, once there is one. */
function tracerOf(provider: TracerProvider, name: string): Tracer | undefined {
  if (!("getDelegateTracer" in provider)) return provider.getTracer(name);
  // `ProxyTracerProvider` of the API, which has the method, maybe in another copy of the module.
  return (provider as ProxyTracerProvider).getDelegateTracer(name);
}
