import type { LogList } from "../shapes.ts";
import { LogLines } from "./log-lines.tsx";
import { setQuery } from "./router.ts";
import { Empty, Problem, ProcessSelect, SearchField, Title, Toggle } from "./ui.tsx";
import { useApi } from "./use-api.ts";

/** The lines of all logs, the latest first. */
export function LogsView({ query }: { query: URLSearchParams }) {
  const loaded = useApi<LogList>(`logs?${query}`, 2_000);
  const { value } = loaded;
  const trace = query.get("trace");
  return (
    <>
      <Title note="the latest first; .mesh/logs has all">Logs</Title>
      <div class="filters">
        <SearchField name="text" value={query.get("text") ?? ""} label="Part of a line" />
        <ProcessSelect value={query.get("process") ?? ""} withPage />
        <Toggle name="warnings" isOn={query.has("warnings")}>
          Warnings
        </Toggle>
        {trace && (
          <button type="button" class="pill" aria-pressed="true" onClick={() => setQuery({ trace: undefined })}>
            trace {trace.slice(0, 8)}… ×
          </button>
        )}
      </div>
      <Problem of={loaded} />
      {value && value.lines.length === 0 && <Empty title="No line matches" />}
      {value && <LogLines lines={value.lines.toReversed()} />}
      {value?.hasMore && <p class="label soft more">Older lines match, too: narrow the search.</p>}
    </>
  );
}
