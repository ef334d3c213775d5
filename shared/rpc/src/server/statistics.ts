import type { ServiceDefinition } from "@mesh/contracts";
import { Statistics, type StatisticsTypes } from "@mesh/contracts/protocols/mesh/statistics/v1/index";
import type { CallCounts } from "./call-counts.ts";
import { checkCaller } from "./check-caller.ts";
import { type Implementation, implement } from "./implement.ts";

/** No service is a caller of its methods, so only operators are. */
const forOperators: ServiceDefinition<StatisticsTypes> = {
  ...Statistics,
  methods: Object.fromEntries(
    Object.entries(Statistics.methods).map(([name, method]) => [name, { ...method, callers: [] }]),
  ),
};

/** The service that reports the calls that a server gets. */
export function statisticsService(counts: readonly CallCounts[]): Implementation {
  const countCalls = async () => ({ methods: counts.map(messageOf) });
  return implement(forOperators, { countCalls }, { middleware: [checkCaller] });
}

function messageOf({ method, running, rejected, ended, durations }: CallCounts) {
  return {
    path: method.path,
    running,
    rejected: BigInt(rejected),
    ended: Object.fromEntries([...ended].map(([status, count]) => [status, BigInt(count)])),
    durations: Array.from(durations, BigInt),
  };
}
