import { type Invariant, invariants } from "../checks/violation.ts";
import { describe } from "../faults/plan.ts";
import type { Result } from "../run.ts";

/** The most violations of an invariant that are listed. */
const listed = 5;

/** Returns the number of violations of each invariant. */
export function countViolations({ violations }: Pick<Result, "violations">): Record<Invariant, number> {
  const counts = Object.keys(invariants).map((name) => [
    name,
    violations.filter((one) => one.invariant === name).length,
  ]);
  return Object.fromEntries(counts);
}

/** Returns the report of a run as text. */
export function tableOf(result: Result): string {
  const counts = countViolations(result);
  const lines = Object.entries(invariants).map(([name, what]) => {
    return `  ${name}  ${String(counts[name as Invariant]).padStart(6)}  ${what}`; // A key of the same object.
  });
  return [
    `seed ${result.seed}: ${result.acceptedAt.length} orders accepted of ${result.orders}, ${result.requests} requests, ${result.faults.length} faults`,
    "",
    ...faultLines(result),
    "",
    "      violations",
    ...lines,
    "",
    ...exampleLines(result),
  ].join("\n");
}

function faultLines({ faults, startedAt }: Result): string[] {
  return faults.map(({ fault, hit, ...time }) => {
    const at = ((time.startedAt - startedAt) / 1_000).toFixed(1).padStart(7);
    return `${at} s  ${describe(fault)}${hit ? "" : " (not reached)"}`;
  });
}

function exampleLines({ violations, unfinished }: Result): string[] {
  const examples = Object.keys(invariants).flatMap((name) => {
    const own = violations.filter(({ invariant }) => invariant === name);
    const rest = own.length > listed ? [`  ${name}: and ${own.length - listed} more`] : [];
    return [...own.slice(0, listed).map(({ what }) => `  ${name}: ${what}`), ...rest];
  });
  return [...examples, ...unfinished.map((what) => `  still under way when time was up: ${what}`)];
}
