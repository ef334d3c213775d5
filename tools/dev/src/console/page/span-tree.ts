import type { Span } from "../shapes.ts";

/** A span, and how many others it is inside. */
export interface Branch {
  readonly span: Span;
  readonly depth: number;
}

/** Orders spans so that each comes before its children. A span whose parent has not arrived is at the top. */
export function branchesOf(spans: readonly Span[]): Branch[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = ids.has(span.parentId) ? span.parentId : "";
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const below = (id: string, depth: number): Branch[] =>
    (children.get(id) ?? []).flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below("", 0);
}

/** Returns the time by which a call had to be done, in milliseconds since the epoch; undefined: the span is no call. */
export function deadlineOf({ startMs, attributes }: Span): number | undefined {
  const timeoutS = attributes["typemesh.rpc.timeout"];
  return typeof timeoutS === "number" ? startMs + timeoutS * 1_000 : undefined;
}
