import { useState } from "preact/hooks";
import type { Span } from "../shapes.ts";
import * as format from "./format.ts";
import { useColors } from "./processes.ts";
import { type Branch, branchesOf, deadlineOf } from "./span-tree.ts";

/** The time that the waterfall shows, in milliseconds since the epoch. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The spans of a trace over time. A click on one shows its attributes. */
export function Waterfall({ spans }: { spans: readonly Span[] }) {
  const [opened, setOpened] = useState<string>();
  const from = Math.min(...spans.map(({ startMs }) => startMs));
  const to = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs), from + 0.001);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return (
    <div class="waterfall">
      <div class="axis" aria-hidden="true">
        {ticks.map((part) => (
          <span key={part} style={{ left: `${part * 100}%` }}>
            {part === 0 ? "0" : format.duration((to - from) * part)}
          </span>
        ))}
      </div>
      <ol>
        {branchesOf(spans).map((branch) => (
          <SpanRow
            key={branch.span.spanId}
            branch={branch}
            range={{ from, to }}
            isOpen={opened === branch.span.spanId}
            onToggle={() => setOpened(opened === branch.span.spanId ? undefined : branch.span.spanId)}
          />
        ))}
      </ol>
    </div>
  );
}

interface SpanRowProps {
  readonly branch: Branch;
  readonly range: Range;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function SpanRow({ branch: { span, depth }, range, isOpen, onToggle }: SpanRowProps) {
  const colorOf = useColors();
  const { process, name, kind, durationMs, isError, attributes } = span;
  const error = isError ? String(attributes["error.type"] ?? "error") : undefined;
  return (
    <li class={`${colorOf(process)} ${isError ? "failed" : ""}`}>
      <button type="button" onClick={onToggle} aria-expanded={isOpen}>
        <span class="span-name" style={{ "--depth": Math.min(depth, 12) }}>
          <i aria-hidden="true" />
          <span>
            {name}
            {kind === "client" && name.includes("/") && <em> client</em>}
          </span>
          {error && <b class="badge alarm">{error}</b>}
        </span>
        <Bar span={span} range={range} />
        <span class="span-time">{format.duration(durationMs)}</span>
      </button>
      {isOpen && <Details span={span} />}
    </li>
  );
}

/** The time of a span, with marks for its events and its deadline. */
function Bar({ span, range }: { span: Span; range: Range }) {
  const at = (ms: number) => `${((ms - range.from) / (range.to - range.from)) * 100}%`;
  const { startMs, durationMs, events } = span;
  const deadline = deadlineOf(span);
  const isDeadlineShown = deadline !== undefined && deadline <= range.to;
  return (
    <span class="lane">
      <i class="bar" style={{ left: at(startMs), width: `max(3px, ${at(range.from + durationMs)})` }} />
      {events.map((event) => (
        <i key={`${event.name} ${event.atMs}`} class="event" title={event.name} style={{ left: at(event.atMs) }} />
      ))}
      {isDeadlineShown && <i class="deadline" title="deadline" style={{ left: at(deadline) }} />}
    </span>
  );
}

function Details({ span }: { span: Span }) {
  const { process, kind, spanId, attributes, events, startMs, durationMs } = span;
  const deadline = deadlineOf(span);
  const rows: [string, string][] = [
    ["process", process],
    ["kind", kind],
    ["span", spanId],
    ...(deadline === undefined ? [] : [deadlineRow(deadline - startMs, durationMs)]),
    ...Object.entries(attributes).map(([name, value]): [string, string] => [name, String(value)]),
    ...events.map((event): [string, string] => [
      `event ${event.name}`,
      [
        `after ${format.duration(event.atMs - startMs)}`,
        ...Object.entries(event.attributes).map(([k, v]) => `${k}=${v}`),
      ].join(", "),
    ]),
  ];
  return (
    <dl class="details">
      {rows.map(([name, value]) => (
        <div key={`${name} ${value}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function deadlineRow(timeoutMs: number, durationMs: number): [string, string] {
  const left = timeoutMs - durationMs;
  const result = left >= 0 ? `${format.duration(left)} were left` : "it was over";
  return ["deadline", `after ${format.duration(timeoutMs)}; ${result}`];
}
