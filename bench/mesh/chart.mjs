// The chart of a run: a panel of bars for each table, as SVG without a script, for light and dark pages.
import { eventPeers } from "./event-peers.mjs";
import { gateways } from "./gateways.mjs";
import { peers } from "./peers.mjs";
import { baselineOf, ratio, titles, unitOf } from "./report.mjs";

const panel = { width: 420, gap: 40, top: 44, bottom: 28 };
const bar = { left: 130, width: 180, height: 14, step: 22 };
const margin = 20;
const columns = 2;

const ours = new Set([...peers, ...gateways, ...eventPeers].filter(({ isOurs }) => isOurs).map(({ name }) => name));

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 14px; }
  .note, .value { fill: #59636e; }
  .other { fill: #8c959f; }
  .baseline { fill: #59636e; }
  .ours { fill: #0969da; }
  .name-of-ours { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .note, .value { fill: #9198a1; }
    .other { fill: #656c76; }
    .baseline { fill: #9198a1; }
    .ours { fill: #4493f8; }
  }`;

/** Draws the results, which are measurements by peer by table. Longer bars are better, except in the panel of starts. */
export function chart({ file, results }) {
  const panels = Object.entries(results).map(([table, byPeer]) => ({ table, rows: rowsOf(table, byPeer) }));
  const lines = Math.max(...panels.map(({ rows }) => rows.length));
  const height = panel.top + lines * bar.step + panel.bottom;
  const [across, down] = [Math.min(columns, panels.length), Math.ceil(panels.length / columns)];
  const size = { width: 2 * margin + across * panel.width + (across - 1) * panel.gap, height: margin + down * height };
  const drawn = panels.map((one, at) => {
    const x = margin + (at % columns) * (panel.width + panel.gap);
    const y = margin + Math.floor(at / columns) * height;
    return `  <g transform="translate(${x} ${y})">\n${drawPanel(one)}\n  </g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img">
  <title>${captions[file]}</title>
  <style>${style}
  </style>
${drawn.join("\n")}
</svg>
`;
}

const captions = { mesh: "Calls between two processes", gateway: "Requests through a gateway" };

function rowsOf(table, byPeer) {
  const baseline = baselineOf(table);
  const of = (result) => (table === "start" ? result.ms : result.rps);
  const base = byPeer[baseline] && of(byPeer[baseline]);
  const rows = Object.entries(byPeer).map(([name, result]) => ({ name, value: of(result), base }));
  return rows.sort((a, b) => (table === "start" ? a.value - b.value : b.value - a.value));
}

function drawPanel({ table, rows }) {
  const baseline = baselineOf(table);
  const unit = table === "start" ? "ms, shorter is better" : unitOf(table);
  const most = Math.max(...rows.map(({ value }) => value));
  return [
    `    <text class="title" y="12">${titles[table]}</text>`,
    `    <text class="note" y="30">${unit}, and against ${baseline}</text>`,
    ...rows.map((row, at) => drawRow(row, panel.top + at * bar.step, { most, baseline })),
  ].join("\n");
}

function drawRow({ name, value, base }, y, { most, baseline }) {
  const kind = ours.has(name) ? "ours" : name === baseline ? "baseline" : "other";
  const width = Math.max(1, (value / most) * bar.width).toFixed(1);
  const middle = y + bar.height - 3;
  const label = `${Math.round(value).toLocaleString("en-US")}${base === undefined ? "" : ` · ${ratio(value, base)}`}`;
  return [
    `    <text class="name-of-${kind}" x="${bar.left - 8}" y="${middle}" text-anchor="end">${name}</text>`,
    `    <rect class="${kind}" x="${bar.left}" y="${y}" width="${width}" height="${bar.height}" rx="2"/>`,
    `    <text class="value" x="${bar.left + Number(width) + 6}" y="${middle}">${label}</text>`,
  ].join("\n");
}
