import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";

/** How a method is measured. */
export interface MeasureOptions {
  /** The calls at the same time. */
  readonly concurrency: number;
  readonly seconds: number;
  /** Default: 1,000. */
  readonly warmUpMs?: number;
}

/** What was measured. Latencies are those of the calls that succeeded, and 0 if none has. */
export interface Measurement {
  readonly calls: number;
  readonly failed: number;
  /** Of those that succeeded. */
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How often each error came: `UNAVAILABLE: orders has no known replica`. At most 20. */
  readonly errors: Readonly<Record<string, number>>;
}

/** The most latencies that are kept. Further ones replace earlier ones at random. */
const maxSamples = 1_000_000;

const maxErrors = 20;

/** Makes calls until the time is up. A call that fails is followed by a pause of 10 ms. */
export async function measure(
  call: () => Promise<void>,
  { concurrency, seconds, warmUpMs = 1_000 }: MeasureOptions,
): Promise<Measurement> {
  await run(call, concurrency, warmUpMs);
  const { latencies, succeeded, failed, errors, elapsedMs } = await run(call, concurrency, seconds * 1_000);
  latencies.sort((one, other) => one - other);
  const at = (share: number) => rounded(latencies[Math.ceil(latencies.length * share) - 1] ?? 0);
  return {
    calls: succeeded + failed,
    failed,
    callsPerSecond: Math.round((succeeded * 1_000) / elapsedMs),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    errors: Object.fromEntries(errors),
  };
}

async function run(call: () => Promise<void>, concurrency: number, ms: number) {
  const startedAt = performance.now();
  const latencies: number[] = [];
  const errors = new Map<string, number>();
  let [succeeded, failed] = [0, 0];
  const caller = async () => {
    while (performance.now() - startedAt < ms) {
      const calledAt = performance.now();
      try {
        await call();
        succeeded += 1;
        keep(latencies, performance.now() - calledAt, succeeded);
      } catch (error) {
        failed += 1;
        const text = error instanceof MeshError ? `${error.code}: ${error.message}` : String(error);
        if (errors.has(text) || errors.size < maxErrors) errors.set(text, (errors.get(text) ?? 0) + 1);
        await pause(10);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return { latencies, succeeded, failed, errors, elapsedMs: performance.now() - startedAt };
}

/** Keeps a sample in which each of the latencies so far is as likely as another. */
function keep(latencies: number[], ms: number, count: number): void {
  if (latencies.length < maxSamples) latencies.push(ms);
  else {
    const at = Math.floor(Math.random() * count);
    if (at < maxSamples) latencies[at] = ms;
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
