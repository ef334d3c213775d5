import { describe } from "../faults/plan.ts";
import type { Result } from "../run.ts";

const size = { width: 1_200, height: 420, left: 50, right: 20, top: 30, chart: 180 };
const row = { height: 14, count: 12 };

/** Returns a picture of a run as SVG: the accepted orders of each second, and below them the faults, each as long as it took. */
export function timelineOf({ seed, startedAt, endedAt, acceptedAt, faults }: Result): string {
  const seconds = Math.max(1, Math.ceil((endedAt - startedAt) / 1_000));
  const perSecond = Array<number>(seconds).fill(0);
  for (const at of acceptedAt) {
    const second = Math.min(seconds - 1, Math.floor((at - startedAt) / 1_000));
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  const most = Math.max(1, ...perSecond);
  const x = (at: number) => size.left + ((at - startedAt) / (seconds * 1_000)) * (size.width - size.left - size.right);
  const bottom = size.top + size.chart;
  const bars = perSecond.map((count, second) => {
    const [from, to] = [x(startedAt + second * 1_000), x(startedAt + (second + 1) * 1_000)];
    const height = (count / most) * size.chart;
    return `<rect x="${round(from)}" y="${round(bottom - height)}" width="${round(to - from - 0.5)}" height="${round(height)}" fill="#3b6fb6"/>`;
  });
  const marks = faults.map(({ fault, ...time }, at) => {
    const [from, to] = [x(time.startedAt), x(Math.min(time.endedAt, endedAt))];
    const y = bottom + 20 + (at % row.count) * row.height;
    const line = `<line x1="${round(from)}" x2="${round(from)}" y1="${size.top}" y2="${y}" stroke="#c0392b" stroke-opacity="0.35"/>`;
    const bar = `<rect x="${round(from)}" y="${y}" width="${round(Math.max(2, to - from))}" height="9" fill="#c0392b" fill-opacity="0.6"/>`;
    return `<g><title>${describe(fault)}</title>${line}${bar}<text x="${round(from + 3)}" y="${y + 8}">${describe(fault)}</text></g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="8">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${size.left}" y="18" font-size="12">Accepted orders of each second, and faults. Seed ${seed}</text>
<text x="${size.left - 6}" y="${size.top + 8}" text-anchor="end">${most}</text>
<text x="${size.left - 6}" y="${bottom}" text-anchor="end">0</text>
${bars.join("\n")}
${marks.join("\n")}
<text x="${size.left}" y="${size.height - 6}">0 s</text>
<text x="${size.width - size.right}" y="${size.height - 6}" text-anchor="end">${seconds} s</text>
</svg>
`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
