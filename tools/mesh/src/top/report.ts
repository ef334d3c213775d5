import type { Catalogue } from "../contracts/catalogue.ts";
import { table } from "../table.ts";
import { type MethodRates, ratesBetween } from "./rates.ts";
import type { Sample } from "./sampler.ts";

/** The methods that are listed. */
export interface Choice {
  /** The name of a service; absent: all. */
  readonly service?: string | undefined;
  /** Whether also those without calls. */
  readonly isAll: boolean;
}

/** A method with its name and what its calls did, as `--json` prints it. */
export interface ListedMethod extends Omit<MethodRates, "path"> {
  readonly service: string;
  readonly method: string;
}

/** What is printed of the time between two samples. */
export interface Report {
  readonly seconds: number;
  /** The processes that have responded. */
  readonly processes: number;
  readonly methods: readonly ListedMethod[];
  readonly failed: readonly string[];
}

/** Makes the report of the time between two samples: the methods with the most calls first. */
export function reportOf(before: Sample, after: Sample, { services }: Catalogue, { service, isAll }: Choice): Report {
  const nameOf = (typeName: string) => services.find((one) => one.typeName === typeName)?.name ?? typeName;
  const all = ratesBetween(before, after).map(({ path, ...rates }) => {
    const [, typeName = "", method = ""] = path.split("/");
    return { service: nameOf(typeName), method, ...rates };
  });
  const isBusy = (rates: ListedMethod) => rates.callsPerSecond + rates.rejectedPerSecond + rates.running > 0;
  const methods = all.filter((one) => (service === undefined || one.service === service) && (isAll || isBusy(one)));
  return {
    seconds: Math.round((after.at - before.at) / 100) / 10,
    processes: after.processes.size,
    methods: methods.toSorted(
      (one, other) =>
        other.callsPerSecond - one.callsPerSecond ||
        other.running - one.running ||
        one.service.localeCompare(other.service),
    ),
    failed: after.failed,
  };
}

const head = ["service", "method", "calls/s", "errors/s", "p50 ms", "p99 ms", "running", "rejected/s", "errors"];

/** Returns a report for people. */
export function textOf({ seconds, processes, methods, failed }: Report): string {
  const sum = (of: (one: ListedMethod) => number) => methods.reduce((all, one) => all + of(one), 0);
  const facts = [
    `${processes} ${processes === 1 ? "process" : "processes"}`,
    `${fixed(sum(({ callsPerSecond }) => callsPerSecond))} calls/s`,
    `${fixed(sum(({ errorsPerSecond }) => errorsPerSecond))} errors/s`,
    `${sum(({ running }) => running)} running`,
    `${fixed(sum(({ rejectedPerSecond }) => rejectedPerSecond))} rejected/s`,
  ];
  const rows = methods.length > 0 ? table(head, methods.map(rowOf), [2, 3, 4, 5, 6, 7]) : "no calls\n";
  return [`${facts.join(", ")} in the last ${seconds} s\n`, ...failed.map((line) => `${line}\n`), "\n", rows].join("");
}

function rowOf({ service, method, errors, p50Ms, p99Ms, ...rates }: ListedMethod): string[] {
  return [
    service,
    method,
    fixed(rates.callsPerSecond),
    fixed(rates.errorsPerSecond),
    p50Ms === undefined ? "-" : String(p50Ms),
    p99Ms === undefined ? "-" : String(p99Ms),
    String(rates.running),
    fixed(rates.rejectedPerSecond),
    Object.entries(errors)
      .map(([status, perSecond]) => `${status} ${fixed(perSecond)}`)
      .join(", "),
  ];
}

function fixed(value: number): string {
  return value.toFixed(1);
}
