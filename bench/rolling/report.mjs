// The tables of a measurement.
import { cpus } from "node:os";
import { argv, version } from "node:process";

const heads = ["calls/s", "phase", "s", "calls", "failed", "p50 ms", "p99 ms", "max ms", "CPU"];
const otherHeads = ["calls/s", "phase", "streams", "failed", "imports", "failed", "restarts", "slowest s"];

/** The programs of which the tables have the time. */
const programs = ["services", "gateway", "postgres", "nats", "driver", "ended"];

/** Returns the results as tables, and a list of what failed. */
export function tablesOf({ phases, orders }) {
  const rows = phases.map(({ rate, phase, calls, cpu }) => {
    const times = [calls.p50, calls.p99, calls.max].map((time) => time.toFixed(time < 10 ? 1 : 0));
    const all = Object.values(cpu).reduce((sum, one) => sum + one, 0);
    return [rate, phase, calls.seconds.toFixed(0), calls.made, calls.failed, ...times, all.toFixed(2)];
  });
  const others = phases.map(({ rate, phase, watches, imports, restarts }) => {
    const streams = [watches.opened, watches.failed, imports.made, imports.failed];
    const slowest = restarts.length > 0 ? (Math.max(...restarts.map(({ ms }) => ms)) / 1_000).toFixed(1) : "";
    return [rate, phase, ...streams, restarts.length, slowest];
  });
  const usage = phases.map(({ rate, phase, cpu }) => [
    rate,
    phase,
    ...programs.map((name) => (cpu[name] ?? 0).toFixed(2)),
  ]);
  return [
    table(heads, rows),
    table(otherHeads, others),
    "Processors in use, by program:\n",
    table(["calls/s", "phase", ...programs], usage),
    `Placed orders without an effect: ${orders.lost}, with two: ${orders.doubled}\n`,
    failuresOf(phases),
  ].join("\n");
}

/** The number of everything that failed. */
export function failedOf({ phases, orders }) {
  const ofPhase = ({ calls, watches, imports }) => calls.failed + watches.failed + imports.failed;
  return orders.lost + orders.doubled + phases.reduce((sum, phase) => sum + ofPhase(phase), 0);
}

/** Returns the page of a measurement. */
export function documentOf(results, load) {
  const command = ["node bench/rolling.mjs", ...argv.slice(2)].join(" ");
  return `# Rolling restart

Written by \`${command}\` with Node ${version} on ${cpus().length} × ${cpus()[0]?.model},
at a load of ${load.toFixed(1)} when it began.

All replicas of all services are restarted, one after another without a pause. The program that calls repeats nothing. CPU is the
number of processors that the mesh had in use, with PostgreSQL, NATS and the program that calls. A stream failed unless each step
of its order arrived exactly once. \`node bench/rolling.mjs --help\` describes the load.

${tablesOf(results)}`;
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  const align = heads.map((head) => (head === "phase" ? "---" : "---:"));
  return [heads, align, ...rows].map(line).join("");
}

function failuresOf(phases) {
  const lines = phases.flatMap(({ rate, phase, calls, watches, imports }) =>
    [calls, watches, imports].flatMap(({ failures }) =>
      Object.entries(failures).map(([what, count]) => `- ${rate} calls/s, ${phase}: ${count} × ${what}\n`),
    ),
  );
  return lines.length > 0 ? `What failed:\n\n${lines.join("")}` : "Nothing failed.\n";
}
