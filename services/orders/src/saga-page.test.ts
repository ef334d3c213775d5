import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type Move, type OrderEvent, orderEvents, type Transition, transitions } from "./transitions.ts";

const page = fileURLToPath(new URL("../../../docs/saga.md", import.meta.url));

const states = Object.entries(transitions);
const events = Object.entries(orderEvents) as [OrderEvent, string][];
const moves = states.flatMap(([from, { on }]) => {
  return events.flatMap(([event]) => ("to" in on[event] ? [{ from, event, ...on[event] }] : []));
});

/** Returns a diagram of Mermaid. Moves between the same states share an arrow. */
function diagram(): string {
  const arrows = new Map<string, OrderEvent[]>();
  for (const { from, to, event } of moves) {
    if (from === to) continue;
    const arrow = `${from === "unplaced" ? "[*]" : from} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
  }
  const ends = states.flatMap(([name, { limit, status }]) =>
    limit || status === undefined ? [] : [`${name} --> [*]`],
  );
  const lines = [...[...arrows].map(([arrow, by]) => `${arrow}: ${by.join(", ")}`), ...ends];
  return ["```mermaid", "stateDiagram-v2", ...lines.map((line) => `  ${line}`), "```"].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellOf(state: string, transition: Transition<string>): string {
  if ("rejected" in transition) return `**rejected**: ${transition.rejected}`;
  if ("ignored" in transition) return `ignored: ${transition.ignored}`;
  return transition.to === state ? effectOf(transition) : `→ \`${transition.to}\``;
}

function effectOf({ step, publishes, releasesStock, elsewhere }: Move<string>): string {
  const own = [
    step && `the step \`${step}\``,
    publishes && `\`${publishes.typeName.replace(/.*\./, "")}\`: ${elsewhere}`,
    releasesStock && "releases the stock in inventory",
  ];
  return own.filter(Boolean).join("; ");
}

function limitOf({ status, limit }: (typeof transitions)[keyof typeof transitions]): string {
  if (limit)
    return `until \`${limit.dueAt.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}\`, then \`${limit.event}\``;
  return status === undefined ? "" : "final";
}

function rendered(): string {
  const head = ["Event", ...states.map(([name]) => `\`${name}\``)];
  const cells = events.map(([event]) => [`\`${event}\``, ...states.map(([name, { on }]) => cellOf(name, on[event]))]);
  const effects = moves
    .filter(({ from, to }) => from !== to)
    .map(({ from, event, ...move }) => [`\`${from}\` → \`${move.to}\` by \`${event}\``, effectOf(move)]);
  return [
    diagram(),
    table(head, cells),
    table(
      ["Event", "Where it comes from"],
      events.map(([event, source]) => [`\`${event}\``, source]),
    ),
    table(["Transition", "In the same transaction"], effects),
    table(
      ["State", "Stored as", "Time limit"],
      states.map(([name, state]) => [`\`${name}\``, String(state.status ?? "no row"), limitOf(state)]),
    ),
  ].join("\n\n");
}

it("docs/saga.md shows the table: `npx vitest run -u services/orders/src/saga-page.test.ts` writes it", async () => {
  const text = await readFile(page, "utf8");
  const now = text.replace(/(<!-- transitions -->\n).*(<!-- \/transitions -->)/s, (_, begin, end) => {
    return `${begin}\n${rendered()}\n\n${end}`;
  });
  expect(now).toContain(rendered());
  await expect(now).toMatchFileSnapshot(page);
});
