import type { LogLine } from "../shapes.ts";
import * as format from "./format.ts";
import { pathOf } from "./router.ts";
import { ProcessName } from "./ui.tsx";

/** Lines of logs. @param isInTrace whether all are of the trace that the page shows */
export function LogLines({ lines, isInTrace = false }: { lines: readonly LogLine[]; isInTrace?: boolean }) {
  if (lines.length === 0) return null;
  return (
    <ol class="rows logs">
      {lines.map((line, index) => (
        // A line has no id, and the same line may occur twice.
        <li key={index} class={`level-${line.level ?? "none"}`}>
          <span class="when">{line.atMs === null ? "" : format.clock(line.atMs)}</span>
          <ProcessName name={line.process} />
          <span class="level">{line.level ?? ""}</span>
          <span class="message">
            {line.text} {line.details && <small>{line.details}</small>}
            {line.stack && <pre>{line.stack}</pre>}
          </span>
          {line.traceId && !isInTrace && (
            <a href={pathOf("traces", line.traceId)} aria-label={`Trace ${line.traceId}`}>
              trace
            </a>
          )}
        </li>
      ))}
    </ol>
  );
}
