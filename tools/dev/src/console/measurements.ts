import { parseSeries } from "./metrics-text.ts";
import { type Counted, countsIn, ratesOf, since } from "./rates.ts";
import type { ProcessRow, Rates, ServiceList } from "./shapes.ts";
import type { ConsoleProcess, ConsoleSource } from "./source.ts";

/** What the metrics of a process said at one time. */
interface Reading {
  readonly counts: ReadonlyMap<string, Counted>;
  readonly memory: number | null;
}

/** What the metrics of all processes said at one time, by process and pid. */
interface Sample {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  readonly readings: ReadonlyMap<string, Reading | undefined>;
}

/** The time that rates cover, and the time after which an unused measurement is dropped. */
const windowMs = 60_000;
/** Requests within this time share a measurement. */
const freshMs = 1_000;
/** The longest that a process may take to offer its metrics. */
const timeoutMs = 3_000;

/** Measures the processes of a mesh whenever it is asked, so that it costs nothing while no page is open. */
export class Measurements {
  readonly #source: ConsoleSource;
  /** The latest last. */
  #samples: Sample[] = [];
  #sampling: Promise<void> | undefined;

  constructor(source: ConsoleSource) {
    this.#source = source;
  }

  /** Measures, and returns the processes with their rates. */
  async read(): Promise<ServiceList> {
    this.#sampling ??= this.#sample().finally(() => {
      this.#sampling = undefined;
    });
    await this.#sampling;
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const windowS = first && last && first !== last ? (last.at - first.at) / 1_000 : null;
    const { project, processes } = this.#source;
    return { project, windowS, processes: processes.map((process) => this.#rowOf(process)) };
  }

  async #sample(): Promise<void> {
    const at = performance.now();
    if (at - (this.#samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < freshMs) return;
    const readings = this.#source.processes.map(async (process) => [keyOf(process), await readingOf(process)] as const);
    this.#samples = [...this.#samples, { at, readings: new Map(await Promise.all(readings)) }];
    this.#samples = this.#samples.filter((sample) => at - sample.at <= windowMs);
  }

  #rowOf(process: ConsoleProcess): ProcessRow {
    const { name, kind, state, pid, address } = process;
    const key = keyOf(process);
    // A process that was restarted is measured from its start.
    const samples = this.#samples.flatMap(({ at, readings }) => {
      const own = readings.get(key);
      return own ? [{ at, ...own }] : [];
    });
    const [first, last] = [samples[0], samples.at(-1)];
    const seconds = first && last && first !== last ? (last.at - first.at) / 1_000 : undefined;
    const changes = [...(last?.counts ?? [])].map(([method, counted]) =>
      seconds === undefined ? counted : since(counted, first?.counts.get(method)),
    );
    const methods = changes
      .map((counted) => ({ name: counted.name, kind: counted.kind, ...ratesOf([counted], seconds) }))
      .sort((one, other) => other.count - one.count || one.name.localeCompare(other.name));
    const history = samples.slice(1).map((sample, index) => rateBetween(samples[index], sample));
    const memory = last?.memory ?? null;
    return { name, kind, state, pid, address, memory, ...mainRates(changes, seconds), methods, history };
  }
}

/** The events of a service are not among its calls: no caller waits for them. */
function mainRates(counts: readonly Counted[], seconds: number | undefined): Rates {
  return ratesOf(
    counts.filter(({ kind }) => kind !== "event"),
    seconds,
  );
}

/** What the metrics of one process said at one time. */
interface Measured extends Reading {
  readonly at: number;
}

function rateBetween(before: Measured | undefined, now: Measured): number {
  if (!before) return 0;
  const counts = [...now.counts].map(([method, counted]) => since(counted, before.counts.get(method)));
  return mainRates(counts, (now.at - before.at) / 1_000).rate ?? 0;
}

function keyOf({ name, pid }: ConsoleProcess): string {
  return `${name} ${pid}`;
}

/** Reads the metrics of a process; undefined: it is starting, or it does not run. */
async function readingOf({ metricsUrl }: ConsoleProcess): Promise<Reading | undefined> {
  if (!metricsUrl) return undefined;
  try {
    const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) return undefined;
    const series = parseSeries(await response.text());
    const memory = series.find(({ name }) => name === "process_memory_usage_bytes");
    return { counts: countsIn(series), memory: memory?.value ?? null };
  } catch {
    return undefined;
  }
}
