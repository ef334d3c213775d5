// The table of a run.
import { availableParallelism, cpus } from "node:os";
import { version } from "node:process";

const seconds = (value) => (Number.isNaN(value) ? "–" : `${value.toFixed(1)} s`);
const megabytes = (value) => (Number.isNaN(value) ? "–" : `${value.toFixed(0)} MB`);
const milliseconds = (value) => `${value.toFixed(0)} ms`;

/** What is measured, and what it may be at most with the largest mesh. */
const rows = [
  ...timesOf("generation", "generated", 8),
  { name: "… its memory", of: ({ generated }) => generated.memoryMb, write: megabytes, most: 1_024 },
  ...timesOf("generation after one contract was saved", "saved", 3),
  ...timesOf("`tsc` of the gateway", "gateway", 5),
  ...timesOf("`tsc` of a browser's project", "browser", 5),
  ...timesOf("`tsc` of everything", "whole", 30),
  { name: "… its memory", of: ({ whole }) => whole.memoryMb, write: megabytes, most: 2_048 },
  { name: "completion, the first one", of: ({ completion }) => completion.firstMs, write: milliseconds },
  { name: "completion after an edit", of: ({ completion }) => completion.editedMs, write: milliseconds, most: 100 },
];

function timesOf(name, part, most) {
  return [
    { name, of: (column) => column[part].seconds, write: seconds, most },
    { name: "… on the processors", of: (column) => column[part].cpuSeconds, write: seconds },
  ];
}

/** Writes the table as Markdown. */
export function report(columns, { sizes, rounds, load }) {
  const head = ["", ...sizes.map((size) => `${size} services`), "growth", "at most"];
  const lines = [
    head,
    head.map((_, index) => (index === 0 ? "---" : "---:")),
    ...rows.map((row) => cells(row, columns)),
  ];
  const command = `node bench/growth.mjs --sizes ${sizes.join(",")} --rounds ${rounds} --write`;
  return `# How the types grow with the mesh

Written by \`${command}\` with Node ${version} on ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "?"}, at a
load of ${load.toFixed(1)} when it began.

Each service has ten methods, whose messages have eight fields with rules, a nested message, an optional one, a oneof, a
64-bit integer and an instant, an event, and errors that the page distinguishes. They are added to the example's services.
"Everything" is the contracts, all services with every schema in use, the gateway and the page. Completion is that of
\`trpc.svc….\` in a page, by \`tsc --lsp\`.

Times of type checks are medians of ${rounds}, with the start of the process; the one on the processors, all of them together,
depends less on what else the machine does. Memory is the peak of all processes together. Growth is the exponent between the
last two sizes: 1 is linear.

${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}
`;
}

function cells({ name, of, write, most }, columns) {
  const values = columns.map(of);
  const isOver = most !== undefined && values.at(-1) > most;
  const limit = most === undefined ? "" : `${write(most).replace(".0 ", " ")}${isOver ? ": **over**" : ""}`;
  return [name, ...values.map(write), exponent(columns, values), limit];
}

/** 1: twice the services take twice as long. */
function exponent(columns, values) {
  const [before, last] = [columns.at(-2), columns.at(-1)];
  if (!before || before.size === last.size) return "";
  return (Math.log(values.at(-1) / values.at(-2)) / Math.log(last.size / before.size)).toFixed(2);
}
