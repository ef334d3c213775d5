import type { TraceList, TraceSummary } from "../shapes.ts";
import * as format from "./format.ts";
import { pathOf } from "./router.ts";
import { Empty, Problem, ProcessName, ProcessSelect, SearchField, Title, Toggle } from "./ui.tsx";
import { useApi } from "./use-api.ts";

/** The list of traces. */
export function TracesView({ query }: { query: URLSearchParams }) {
  const loaded = useApi<TraceList>(`traces?${query}`, 2_000);
  const { value } = loaded;
  const longest = Math.max(...(value?.traces ?? []).map(({ durationMs }) => durationMs), 1);
  return (
    <>
      <Title note={value && `${format.count(value.kept)} in memory, of at most 1,000`}>Traces</Title>
      <div class="filters">
        <SearchField name="text" value={query.get("text") ?? ""} label="Name or trace id" />
        <ProcessSelect value={query.get("process") ?? ""} />
        <Toggle name="failed" isOn={query.has("failed")}>
          Failed
        </Toggle>
        <Toggle name="tasks" isOn={query.has("tasks")}>
          Idle tasks
        </Toggle>
      </div>
      <Problem of={loaded} />
      {value && value.traces.length === 0 && <NoTraces list={value} isFiltered={query.size > 0} />}
      {value && value.traces.length > 0 && (
        <ol class="rows traces">
          {value.traces.map((trace) => (
            <TraceRow key={trace.traceId} trace={trace} longest={longest} />
          ))}
        </ol>
      )}
      {value && value.matching > value.traces.length && (
        <p class="label soft more">
          {format.count(value.matching - value.traces.length)} older ones match, too: narrow the search.
        </p>
      )}
    </>
  );
}

function NoTraces({ list, isFiltered }: { list: TraceList; isFiltered: boolean }) {
  if (list.sentTo) return <Empty title="Traces go to your own collector">{list.sentTo}</Empty>;
  if (isFiltered) return <Empty title="No trace matches" />;
  return <Empty title="No traces yet">Call something, or use the web page.</Empty>;
}

function TraceRow({ trace, longest }: { trace: TraceSummary; longest: number }) {
  const { traceId, name, process, startMs, durationMs, spans, processes, errors, retries } = trace;
  return (
    <li>
      <a href={pathOf("traces", traceId)}>
        <span class="when" title={format.clock(startMs)}>
          {format.ago(startMs)}
        </span>
        <span class="name">
          <ProcessName name={process} />
          <strong>{name}</strong>
        </span>
        <span class="facts">
          {errors > 0 && <b class="badge alarm">{format.things(errors, "error")}</b>}
          {retries > 0 && <b class="badge">{format.things(retries, "retry").replace("retrys", "retries")}</b>}
          <span>
            {format.things(spans, "span")}
            {processes.length > 1 && ` in ${processes.length} processes`}
          </span>
        </span>
        <span class="took">
          <span>{format.duration(durationMs)}</span>
          <i aria-hidden="true" style={{ width: `${Math.max(2, Math.sqrt(durationMs / longest) * 100)}%` }} />
        </span>
      </a>
    </li>
  );
}
