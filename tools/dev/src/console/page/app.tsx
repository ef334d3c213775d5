import { useEffect } from "preact/hooks";
import type { ServiceList } from "../shapes.ts";
import { JobsView } from "./jobs.tsx";
import { LogsView } from "./logs.tsx";
import { Processes } from "./processes.ts";
import { type Place, pathOf, usePlace } from "./router.ts";
import { ServicesView } from "./services.tsx";
import { StreamsView } from "./streams.tsx";
import { TablesView } from "./tables.tsx";
import { TraceView } from "./trace.tsx";
import { TracesView } from "./traces.tsx";
import { Empty, Title } from "./ui.tsx";
import { type Loaded, useApi } from "./use-api.ts";

const views = ["services", "traces", "streams", "jobs", "tables", "logs"] as const;

/** The page. */
export function App() {
  const place = usePlace();
  const services = useApi<ServiceList>("services", 2_000);
  useEffect(() => {
    document.title = `${nameOf(place.view)} · ${services.value?.project ?? "Console"}`;
  }, [place.view, services.value?.project]);
  return (
    <Processes.Provider value={services.value?.processes ?? []}>
      <Header view={place.view} services={services} />
      <main>
        <View place={place} services={services} />
      </main>
    </Processes.Provider>
  );
}

function Header({ view, services }: { view: string; services: Loaded<ServiceList> }) {
  const processes = services.value?.processes ?? [];
  const ready = processes.filter(({ state }) => state === "ready").length;
  const isWell = !services.error && ready === processes.length;
  return (
    <header class="top">
      <a href={pathOf("")} class="wordmark" aria-label="Services">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 8h14M10 16h17M7 24h9" />
          <path d="M22.500 24h.1" class="spark" />
        </svg>
        Console
      </a>
      {services.value && (
        <p class="status">
          <span class={`dot ${isWell ? "ready" : "crashed"}`} aria-hidden="true" />
          {services.error ? "not connected" : `${services.value.project}: ${ready} of ${processes.length} ready`}
        </p>
      )}
      <nav aria-label="Main">
        {views.map((name) => (
          <a key={name} href={pathOf(name)} aria-current={name === view ? "page" : undefined}>
            {nameOf(name)}
          </a>
        ))}
      </nav>
    </header>
  );
}

function View({ place: { view, id, query }, services }: { place: Place; services: Loaded<ServiceList> }) {
  switch (view) {
    case "services":
      return <ServicesView services={services} />;
    case "traces":
      return id ? <TraceView id={id} /> : <TracesView query={query} />;
    case "streams":
      return <StreamsView />;
    case "jobs":
      return <JobsView />;
    case "tables":
      return <TablesView query={query} />;
    case "logs":
      return <LogsView query={query} />;
    default:
      return (
        <>
          <Title>Not found</Title>
          <Empty title={`The console has no view “${view}”`} />
        </>
      );
  }
}

function nameOf(view: string): string {
  return view.charAt(0).toUpperCase() + view.slice(1);
}
