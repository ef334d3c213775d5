// Checks who imports whom: every package may import what stands beside its name here, and nothing else of ours.
// Tests may also import @mesh/testing and @mesh/infra. Prints each breach as file:line, and exits with 1 if there is one.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { argv } from "node:process";

const runtime = ["contracts", "runtime"];
const allowed = {
  "shared/codegen": [],
  "shared/contracts": [],
  "shared/scaffold": [],
  "shared/client": ["contracts", "rpc"],
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

/** Packages that tests may use, whatever they test. */
const forTests = new Set(["testing", "infra", "codegen", "runtime", "rpc", "service"].map((name) => `shared/${name}`));

/** Services go by the names of their folders, without a scope. */
const services = new Set(readdirSync(join(import.meta.dirname, "../services")));

/** Libraries that are wrapped once. */
const wrapped = new Map([
  ["@grpc/grpc-js", "shared/rpc"],
  ["nats", "shared/events"],
  ["pg", "shared/store"],
  ["drizzle-kit", "shared/store"],
]);

/** Files that read the environment; everything else takes its settings from them. */
const environment =
  /^(shared\/runtime\/src\/env\.ts|shared\/infra\/(src|fixtures)\/.*|shared\/codegen\/src\/(generate\/buf|breaking\/(git|standard))\.ts|shared\/testing\/.*|scripts\/.*|e2e\/.*|.*\.config\.ts|.*\.test\.tsx?)$/;

const statement =
  /^\s*(?:import|export)\s+(type\s)?(?:[^;'"()]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

/** @returns {string[]} what is wrong with one file */
export function breachesOf(file, text) {
  const room = roomOf(file);
  if (!room) return [];
  const isTest = /\.test\.tsx?$|\/fixtures\//.test(file);
  const breaches = [];
  for (const match of text.matchAll(statement)) {
    const reason = breachOf({ file, room, isTest, isType: Boolean(match[1]) }, match[2] ?? match[3]);
    if (reason) breaches.push(`${file}:${lineOf(text, match.index + match[0].search(/\S/))}: ${reason}`);
  }
  const env = text.search(/process\.env\b|\benv\b[^;]*from "node:process"/);
  if (env >= 0 && !environment.test(file)) {
    breaches.push(`${file}:${lineOf(text, env)}: reads process.env: use readSettings of @mesh/runtime`);
  }
  return breaches;
}

function breachOf(from, specifier) {
  const wrapper = wrapped.get(specifier.replace(/^((?:@[^/]+\/)?[^/]+).*/, "$1"));
  const mayWrap = from.isTest || /^shared\/(infra|testing)$/.test(from.room) || from.room === wrapper;
  if (wrapper && !mayWrap) return `imports ${specifier}, which only ${wrapper} may: use that`;
  const room = roomOfImport(from.file, specifier);
  if (!room || room === from.room) return undefined;
  if (specifier.startsWith(".")) return `imports ${specifier} out of another package: name the package`;
  if (from.isTest && forTests.has(room)) return undefined;
  if (room === "gateway" && from.isType && ["web", "e2e", "shared/client"].includes(from.room)) return undefined;
  const mayUse = allowed[from.room.startsWith("services/") ? "services" : from.room].map((name) => `shared/${name}`);
  if (mayUse.includes(room)) return undefined;
  return `imports ${specifier}; ${from.room} may import ${mayUse.join(", ") || "nothing of ours"}`;
}

/** The package that an import leads to; undefined: it is not ours. */
function roomOfImport(file, specifier) {
  if (specifier.startsWith(".")) return roomOf(join(dirname(file), specifier));
  const [, scope, name] = /^(@mesh\/)?([^/]+)/.exec(specifier) ?? [];
  if (scope) return name === "gateway" || name === "e2e" ? name : `shared/${name}`;
  return services.has(name) ? `services/${name}` : undefined;
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
