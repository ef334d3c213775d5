import { createNoopMeter, type Meter, type MeterProvider, metrics } from "@opentelemetry/api";

/** The name of a scope of instruments. */
export type ScopeName = `@mesh/${string}`;

/**
 * The instruments of a package. They are made when they are first used after an OpenTelemetry SDK was registered, and again
 * when another one is.
 */
export class Metering<T> {
  readonly #name: ScopeName;
  readonly #create: (meter: Meter) => T;
  #provider: MeterProvider | undefined;
  #instruments: T | undefined;

  constructor(name: ScopeName, create: (meter: Meter) => T) {
    this.#name = name;
    this.#create = create;
  }

  /** The instruments; undefined: no SDK is registered. */
  get instruments(): T | undefined {
    const provider = metrics.getMeterProvider();
    if (provider === this.#provider) return this.#instruments;
    this.#provider = provider;
    const meter = provider.getMeter(this.#name);
    this.#instruments = meter === createNoopMeter() ? undefined : this.#create(meter);
    return this.#instruments;
  }
}

/** Things that gauges observe at each collection, such as the servers of this process. */
export class Observed<T> implements Iterable<T> {
  readonly #sources = new Set<T>();
  readonly #metering: Metering<unknown>;

  /** @param metering has the gauges that read these */
  constructor(metering: Metering<unknown>) {
    this.#metering = metering;
  }

  /** Adds one. Returns a function that removes it. */
  add(source: T): () => void {
    this.#sources.add(source);
    // Makes the gauges, if there is an SDK.
    void this.#metering.instruments;
    return () => void this.#sources.delete(source);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#sources.values();
  }
}
