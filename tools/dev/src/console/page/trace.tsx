import type { LogList, Span, TraceDetail } from "../shapes.ts";
import * as format from "./format.ts";
import { LogLines } from "./log-lines.tsx";
import { pathOf } from "./router.ts";
import { Empty, Problem, ProcessName, Title } from "./ui.tsx";
import { useApi } from "./use-api.ts";
import { Waterfall } from "./waterfall.tsx";

/** One trace: its spans as a waterfall, and its lines of the logs. */
export function TraceView({ id }: { id: string }) {
  const trace = useApi<TraceDetail>(`trace?id=${encodeURIComponent(id)}`, 2_000);
  const traceId = trace.value?.traceId;
  const logs = useApi<LogList>(traceId && `logs?trace=${encodeURIComponent(traceId)}`, 3_000);
  const spans = trace.value?.spans ?? [];
  return (
    <>
      <a class="back" href={pathOf("traces")}>
        ← Traces
      </a>
      {spans.length > 0 ? <Heading spans={spans} /> : <Title>Trace</Title>}
      <p class="id">
        <span class="label soft">{trace.isMissing ? "error" : "trace"}</span> <code>{traceId ?? id}</code>
      </p>
      <Problem of={trace} />
      {trace.isMissing && <Empty title="No log has an error of this id" />}
      {trace.value && spans.length === 0 && (
        <Empty title="This trace is not in memory">
          It may be older than the last 1,000, or its first span has not ended yet.
        </Empty>
      )}
      {spans.length > 0 && <Waterfall spans={spans} />}
      {traceId && <h2 class="section">Logs</h2>}
      <Problem of={logs} />
      {logs.value && logs.value.lines.length === 0 && <Empty title="No process has logged anything in this trace" />}
      {logs.value && <LogLines lines={logs.value.lines} isInTrace />}
    </>
  );
}

function Heading({ spans }: { spans: readonly Span[] }) {
  const first = spans.find(({ parentId }) => parentId === "") ?? spans[0];
  if (!first) return null;
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs));
  const rest = end - first.startMs - first.durationMs;
  const processes = [...new Set(spans.map(({ process }) => process))];
  return (
    <>
      <div class="title small">
        <h1>{first.name}</h1>
        <p>
          {format.duration(first.durationMs)}
          {rest > 1 && `, then ${format.duration(rest)} of events`}
        </p>
      </div>
      <p class="legend">
        {processes.map((name) => (
          <ProcessName key={name} name={name} />
        ))}
        <span class="label soft">
          {format.things(spans.length, "span")}, at {format.clock(first.startMs)}
        </span>
      </p>
    </>
  );
}
