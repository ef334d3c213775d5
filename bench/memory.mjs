// Measures the memory of a running mesh: the sum of the proportional set sizes (PSS) of its processes, in which a shared
// page counts once. Linux only. `node bench/memory.mjs [pid]`; default: the mesh of this clone.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit, stdout } from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const first = Number(argv[2] ?? runningProcess());
const processes = new Map(
  readdirSync("/proc")
    .filter(isNumber)
    .map(read)
    .filter(Boolean)
    .map((p) => [p.pid, p]),
);
const members = [...processes.values()].filter((process) => isBelow(process, first));
for (const { pid, command, pssMb } of members.sort((a, b) => b.pssMb - a.pssMb)) {
  stdout.write(
    `${pssMb.toFixed(1).padStart(8)} MB  ${String(pid).padStart(7)}  ${command.replaceAll(root, ".").slice(0, 100)}\n`,
  );
}
const totalMb = members.reduce((sum, { pssMb }) => sum + pssMb, 0);
stdout.write(`${totalMb.toFixed(1).padStart(8)} MB  in ${members.length} processes\n`);

function runningProcess() {
  try {
    return JSON.parse(readFileSync(join(root, ".mesh/run.json"), "utf8")).pid;
  } catch {
    stdout.write("the mesh of this clone does not run\n");
    return exit(1);
  }
}

/** A process, or nothing if it ended meanwhile. */
function read(name) {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    const pssKb = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid: Number(name), parent, command, pssMb: pssKb / 1024 };
  } catch {
    return undefined;
  }
}

function isBelow({ pid, parent }, ancestor) {
  if (pid === ancestor) return true;
  const above = processes.get(parent);
  return above ? isBelow(above, ancestor) : false;
}

function isNumber(name) {
  return /^\d+$/.test(name);
}
