import type { JobList, JobRow, ScheduleRow } from "../shapes.ts";
import * as format from "./format.ts";
import { pathOf } from "./router.ts";
import { Empty, Problem, ProcessName, Title } from "./ui.tsx";
import { useApi } from "./use-api.ts";

/** The jobs and schedules of each service. */
export function JobsView() {
  const loaded = useApi<readonly JobList[]>("jobs", 2_000);
  const services = loaded.value ?? [];
  const queues = services.flatMap((service) => service.queues);
  const count = (of: (queue: (typeof queues)[number]) => number) => queues.reduce((sum, queue) => sum + of(queue), 0);
  const [open, failed] = [count(({ due, running }) => due + running), count((queue) => queue.failed)];
  return (
    <>
      <Title note={loaded.value && `${format.things(open, "job")} due or running, ${format.count(failed)} failed`}>
        Jobs
      </Title>
      <Problem of={loaded} />
      {loaded.value && services.length === 0 && <Empty title="No service has jobs" />}
      {services.map((service) => (
        <section key={service.app} aria-label={service.app}>
          <h2 class="section">
            <ProcessName name={service.app} />
          </h2>
          <Queues service={service} />
          {service.schedules.length > 0 && <Schedules schedules={service.schedules} />}
          {service.jobs.length > 0 && (
            <ol class="rows">
              {service.jobs.map((job) => (
                <Job key={job.id} job={job} />
              ))}
            </ol>
          )}
        </section>
      ))}
    </>
  );
}

function Queues({ service: { queues } }: { service: JobList }) {
  if (queues.length === 0) return <p class="label soft">No job was enqueued yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must reach what scrolls
    <div class="box scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>job</th>
            <th>due</th>
            <th>later</th>
            <th>running</th>
            <th>done lately</th>
            <th>failed</th>
          </tr>
        </thead>
        <tbody>
          {queues.map(({ name, due, later, running, completed, failed }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class={due > 0 ? "strong" : ""}>{format.count(due)}</td>
              <td>{format.count(later)}</td>
              <td>{format.count(running)}</td>
              <td>{format.count(completed)}</td>
              <td class={failed > 0 ? "alarm" : ""}>{format.count(failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Schedules({ schedules }: { schedules: readonly ScheduleRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must reach what scrolls
    <div class="box scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>schedule</th>
            <th>when</th>
            <th>starts</th>
            <th>next</th>
            <th>last</th>
          </tr>
        </thead>
        <tbody>
          {schedules.map((schedule) => (
            <tr key={schedule.name}>
              <td>{schedule.name}</td>
              <td>{whenOf(schedule)}</td>
              <td>{schedule.target}</td>
              <td>
                {schedule.isPaused ? "paused" : `in ${format.duration(Math.max(0, schedule.nextMs - Date.now()))}`}
              </td>
              <td>{schedule.lastMs === null ? "–" : format.ago(schedule.lastMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function whenOf({ kind, cron, timeZone, everyMs }: ScheduleRow): string {
  if (kind === "cron") return `${cron} ${timeZone}`;
  return kind === "every" && everyMs !== null ? `every ${format.duration(everyMs)}` : "once";
}

function Job({ job }: { job: JobRow }) {
  const { id, name, state, attempts, maxAttempts, createdMs, durationMs, traceId, failure, done, total, note } = job;
  return (
    <li title={id}>
      <p>
        <strong>{name}</strong> <span class={state === "failed" ? "alarm" : ""}>{state}</span>{" "}
        <span class="label soft">
          attempt {attempts} of {maxAttempts}, enqueued {format.ago(createdMs)}
          {durationMs !== null && `, ${format.duration(durationMs)}`}
          {traceId && (
            <>
              , <a href={pathOf("traces", traceId)}>its trace</a>
            </>
          )}
        </span>
      </p>
      {done !== null && (
        <p class="label">
          {format.count(done)}
          {total ? ` of ${format.count(total)}` : ""} {note}
        </p>
      )}
      {failure && <p class="alarm">{failure}</p>}
    </li>
  );
}
