// The processor time of this process and all below it, by program. Linux only: elsewhere there are no figures.
import { readdirSync, readFileSync } from "node:fs";
import { pid as ownPid } from "node:process";

/** The unit of times in /proc, in milliseconds. It is the same on all usual systems. */
const tickMs = 10;

/** The order matters: the first that matches names a program. */
const programs = [
  ["driver", /mesh-bench/],
  ["gateway", /gateway\/\.mesh\/main\.js/],
  ["services", /services\/\w+\/\.mesh\/main\.js/],
  ["postgres", /postgres/],
  ["nats", /nats-server/],
];

/** Returns the time of a process so far in milliseconds; 0 if it ended. */
export function cpuMsOf(pid) {
  return read(String(pid))[0]?.ms ?? 0;
}

/** Returns the time so far in milliseconds, by program. Processes that ended are "ended". */
export function usageNow() {
  const processes = new Map(listProcesses().map((one) => [one.pid, one]));
  const usage = {};
  const add = (name, ms) => {
    usage[name] = (usage[name] ?? 0) + ms;
  };
  for (const one of processes.values()) {
    if (!isBelow(one, processes)) continue;
    add(programOf(one), one.ms);
    add(one.pid === ownPid ? "ended" : programOf(one), one.endedMs);
  }
  return usage;
}

function programOf({ pid, command }) {
  if (pid === ownPid) return "this";
  return programs.find(([, pattern]) => pattern.test(command))?.[0] ?? "other";
}

function isBelow({ pid, parent }, processes) {
  if (pid === ownPid) return true;
  const above = processes.get(parent);
  return above !== undefined && isBelow(above, processes);
}

function listProcesses() {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap(read);
  } catch {
    return [];
  }
}

function read(name) {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    // Source: man 5 proc. The first is the state, because the name before it may have spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map((ticks) => Number(ticks) * tickMs);
    const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
    return [
      { pid: Number(name), parent: Number(fields[1]), command, ms: user + system, endedMs: endedUser + endedSystem },
    ];
  } catch {
    return []; // It ended meanwhile.
  }
}
