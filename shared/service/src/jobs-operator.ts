import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import { JobsOperator, type JobsOperatorTypes } from "@mesh/contracts/protocols/mesh/jobs/v1/index";
import type { JobFilter, ListedJob, OpenJobs, ScheduleStatus } from "@mesh/jobs";
import { checkCaller, type Implementation, implement } from "@mesh/rpc";

/** No service is a caller of its methods, so only operators are. */
const forOperators: ServiceDefinition<JobsOperatorTypes> = {
  ...JobsOperator,
  methods: Object.fromEntries(
    Object.entries(JobsOperator.methods).map(([name, method]) => [name, { ...method, callers: [] }]),
  ),
};

const maxJobs = 1_000;

const states: ReadonlySet<string> = new Set(["waiting", "running", "completed", "failed", "cancelled"]);

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The service that shows the jobs of a process to operators. @param jobsOf returns those of a service, by its name */
export function jobsOperator(jobsOf: (service: string) => OpenJobs | undefined): Implementation {
  const open = ({ service }: { readonly service: string }) => {
    const jobs = jobsOf(service);
    if (jobs) return jobs;
    throw new MeshError({ code: "NOT_FOUND", message: `${service} has no jobs in this process` });
  };
  return implement(
    forOperators,
    {
      async listQueues(request) {
        const queues = (await open(request).queues()).toSorted((a, b) => a.name.localeCompare(b.name));
        return { queues };
      },
      async listJobs(request) {
        return { jobs: (await open(request).operations.list(filterOf(request))).map(jobMessage) };
      },
      async cancelJob(request) {
        return { isCancelled: isId(request.id) && (await open(request).operations.cancel(request.id)) };
      },
      async retryJob(request) {
        return { isRetried: isId(request.id) && (await open(request).operations.retry(request.id)) };
      },
      async listSchedules(request) {
        return { schedules: (await open(request).schedules.list()).map(scheduleMessage) };
      },
      async changeSchedule({ name, change, ...request }) {
        const { schedules } = open(request);
        if (change !== "pause" && change !== "resume" && change !== "cancel") {
          throw invalid(`change must be pause, resume or cancel, got "${change}"`);
        }
        await schedules[change](name);
        return {};
      },
    },
    { middleware: [checkCaller] },
  );
}

function filterOf(request: { id: string; name: string; state: string; limit: number }): JobFilter {
  const { id, name, state, limit } = request;
  if (state !== "" && !states.has(state))
    throw invalid(`state must be one of ${[...states].join(", ")}, got "${state}"`);
  if (id !== "" && !isId(id)) throw invalid(`the id of a job is a UUID, got "${id}"`);
  return {
    id: id || undefined,
    name: name || undefined,
    state: (state || undefined) as JobFilter["state"],
    limit: Math.min(limit || 50, maxJobs),
  };
}

function isId(id: string): boolean {
  return uuid.test(id);
}

function invalid(message: string): MeshError {
  return new MeshError({ code: "INVALID_ARGUMENT", message });
}

function jobMessage({ progress, key, principal, result, failure, ...job }: ListedJob) {
  const { done = 0, total = 0, note = "" } = progress ?? {};
  const texts = { key: key ?? "", principal: principal ?? "", failure: failure ?? "", note };
  return { ...job, ...texts, done, total, result: result ?? new Uint8Array() };
}

function scheduleMessage({ timing, ...schedule }: ScheduleStatus) {
  return { ...schedule, when: textOf(timing) };
}

function textOf(timing: ScheduleStatus["timing"]): string {
  switch (timing.kind) {
    case "once":
      return "once";
    case "every":
      return `every ${timing.everyMs} ms`;
    case "cron":
      return `${timing.cron} ${timing.timeZone}`;
    default:
      return timing satisfies never;
  }
}
