// Checks who imports whom: every package may import what stands beside its name here, and nothing else of ours.
// Tests may also import @mesh/testing and @mesh/infra. Prints each breach as file:line, and exits with 1 if there is one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { argv } from "node:process";

const runtime = ["contracts", "runtime"];
const allowed = {
  "shared/codegen": [],
  "shared/contracts": [],
  "shared/runtime": ["contracts"],
  "shared/rpc": runtime,
  "shared/store": runtime,
  "shared/events": [...runtime, "store"],
  "shared/service": [...runtime, "rpc", "store", "events"],
  "shared/infra": ["runtime"],
  "shared/testing": [...runtime, "rpc", "store", "events", "service", "infra"],
  services: ["contracts", "service", "store", "events"],
  gateway: [...runtime, "rpc"],
  web: ["contracts"],
  e2e: [...runtime, "rpc", "testing", "infra"],
};

/** Libraries that are wrapped once. */
const wrapped = new Map([
  ["@grpc/grpc-js", "shared/rpc"],
  ["nats", "shared/events"],
  ["pg", "shared/store"],
  ["drizzle-kit", "shared/store"],
]);

/** Files that read the environment; everything else takes its settings from them. */
const environment =
  /^(shared\/runtime\/src\/env\.ts|shared\/infra\/(src|fixtures)\/.*|shared\/testing\/.*|scripts\/.*|e2e\/.*|.*\.config\.ts|.*\.test\.tsx?)$/;

const statement =
  /^\s*(?:import|export)\s+(type\s)?[^;'"]*?(?:from\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

/** @returns {string[]} what is wrong with one file */
export function breachesOf(file, text) {
  const room = roomOf(file);
  if (!room) return [];
  const isTest = /\.test\.tsx?$|\/fixtures?\//.test(file);
  const breaches = [];
  for (const match of text.matchAll(statement)) {
    const reason = breachOf(room, match[2] ?? match[3], { isType: Boolean(match[1]), isTest });
    if (reason) breaches.push(`${file}:${lineOf(text, match.index + match[0].search(/\S/))}: ${reason}`);
  }
  const env = text.indexOf("process.env");
  if (env >= 0 && !environment.test(file))
    breaches.push(`${file}:${lineOf(text, env)}: reads process.env: use readSettings of @mesh/runtime`);
  return breaches;
}

function breachOf(room, specifier, { isType, isTest }) {
  const wrapper = wrapped.get(specifier.replace(/^((?:@[^/]+\/)?[^/]+).*/, "$1"));
  if (
    wrapper &&
    room !== wrapper &&
    !(isTest || room.startsWith("shared/infra") || room.startsWith("shared/testing"))
  ) {
    return `imports ${specifier}, which only ${wrapper} may: use that`;
  }
  const name = /^@mesh\/([^/]+)/.exec(specifier)?.[1];
  if (!name || room.endsWith(`/${name}`) || room === name) return undefined;
  if (isTest && ["testing", "infra", "codegen", "runtime", "rpc", "service"].includes(name)) return undefined;
  if ((room === "web" || room === "e2e") && name === "gateway" && isType) return undefined;
  const mayUse = allowed[room.startsWith("services/") ? "services" : room];
  if (mayUse.includes(name)) return undefined;
  return `imports @mesh/${name}; ${room} may import ${mayUse.map((other) => `@mesh/${other}`).join(", ") || "nothing of ours"}`;
}

function roomOf(file) {
  const [top, second] = file.split("/");
  if (top === "services" || top === "shared") return `${top}/${second}`;
  return top in allowed ? top : undefined;
}

const lineOf = (text, index) => text.slice(0, index).split("\n").length;

if (import.meta.filename === argv[1]) {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx"], { encoding: "utf8" });
  const files = list.split("\n").filter(Boolean);
  const breaches = files.flatMap((file) => breachesOf(file, readFileSync(file, "utf8")));
  process.stdout.write(breaches.length > 0 ? `${breaches.join("\n")}\n` : `${files.length} files import as they may\n`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}
