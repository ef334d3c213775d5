import { useState } from "preact/hooks";
import type { MethodRates, ProcessRow, Rates, ServiceList } from "../shapes.ts";
import * as format from "./format.ts";
import { useColors } from "./processes.ts";
import { pathOf } from "./router.ts";
import { Sparkline } from "./sparkline.tsx";
import { Empty, Problem, Title } from "./ui.tsx";
import { type Loaded, restart } from "./use-api.ts";

/** The processes with their rates. */
export function ServicesView({ services }: { services: Loaded<ServiceList> }) {
  const { value } = services;
  const window = value?.windowS ? `over the last ${Math.round(value.windowS)} s` : "since each started";
  return (
    <>
      <Title
        note={
          value &&
          `${format.things(value.processes.length, "process").replace("processs", "processes")}, measured ${window}`
        }
      >
        Services
      </Title>
      <Problem of={services} />
      {value && value.processes.length === 0 && <Empty title="Nothing runs">Start something with npx turbo dev.</Empty>}
      <div class="grid">
        {value?.processes.map((process) => (
          <ProcessCard key={process.name} process={process} />
        ))}
      </div>
    </>
  );
}

function ProcessCard({ process }: { process: ProcessRow }) {
  const colorOf = useColors();
  const { name, kind, state, pid, address, memory, methods, history } = process;
  const facts = [state, pid && `pid ${pid}`, memory && format.bytes(memory)].filter(Boolean).join(" · ");
  return (
    <article class={`card ${colorOf(name)}`} aria-label={name}>
      <Sparkline values={history} />
      <div class="card-head">
        <h2>{name}</h2>
        <p class="label">
          <span class={`dot ${state}`} aria-hidden="true" />
          {facts}
        </p>
        <p class="label soft">{kind === "service" ? address : <a href={urlOf(address)}>{address}</a>}</p>
      </div>
      {kind !== "web" && <Numbers rates={process} noun={kind === "gateway" ? "requests" : "calls"} />}
      {kind !== "web" && <Methods methods={methods} />}
      <div class="actions">
        <RestartButton name={name} />
        {kind !== "web" && (
          <a class="pill" href={pathOf("traces", "", { process: name.replace(/-\d+$/, "") })}>
            Traces
          </a>
        )}
        <a class="pill" href={pathOf("logs", "", { process: name })}>
          Logs
        </a>
      </div>
    </article>
  );
}

function Numbers({ rates, noun }: { rates: Rates; noun: string }) {
  const isFailing = (rates.errors ?? 0) > 0;
  const total = rates.rate === null;
  return (
    <dl class="numbers">
      <div>
        <dt>{total ? noun : `${noun}/s`}</dt>
        <dd>{rates.rate === null ? format.count(rates.count) : format.rate(rates.rate)}</dd>
      </div>
      <div class={isFailing ? "alarm" : ""}>
        <dt>errors</dt>
        <dd>{rates.errors === null ? "–" : format.share(rates.errors)}</dd>
      </div>
      <div>
        <dt>p99</dt>
        <dd>{rates.p99Ms === null ? "–" : format.duration(rates.p99Ms)}</dd>
      </div>
    </dl>
  );
}

function Methods({ methods }: { methods: readonly MethodRates[] }) {
  const used = methods.filter(({ count }) => count > 0);
  if (used.length === 0) return <p class="label soft methods">Nothing was called in this time.</p>;
  return (
    <details class="methods">
      <summary class="label">{format.things(used.length, "method")} in use</summary>
      <table>
        <thead>
          <tr>
            <th>name</th>
            <th>count</th>
            <th>errors</th>
            <th>p99</th>
          </tr>
        </thead>
        <tbody>
          {used.map(({ name, kind, count, errors, p99Ms }) => (
            <tr key={`${kind} ${name}`}>
              <td>{kind === "event" ? `on ${name}` : name.slice(name.lastIndexOf(".") + 1)}</td>
              <td>{format.count(count)}</td>
              <td class={errors ? "alarm" : ""}>{format.share(errors ?? 0)}</td>
              <td>{p99Ms === null ? "–" : format.duration(p99Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function RestartButton({ name }: { name: string }) {
  const [state, setState] = useState<"idle" | "running" | "failed">("idle");
  const run = async () => {
    setState("running");
    await restart(name).then(
      () => setState("idle"),
      () => setState("failed"),
    );
  };
  return (
    <button type="button" class="pill" disabled={state === "running"} onClick={run} aria-label={`Restart ${name}`}>
      {{ idle: "Restart", running: "Restarting…", failed: "Failed; again" }[state]}
    </button>
  );
}

function urlOf(address: string): string {
  return address.startsWith("http") ? address : `http://${address}`;
}
