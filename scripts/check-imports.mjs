// Checks the direction of imports: each package may import the packages listed beside it here, and no others of ours.
// Tests may also import a few tools. Prints each breach as file:line, and exits with 1 if there is one.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { argv } from "node:process";

const runtime = ["shared/contracts", "shared/runtime"];
const allowed = {
  "shared/contracts": [],
  "shared/runtime": ["shared/contracts"],
  "shared/rpc": runtime,
  "shared/store": runtime,
  "shared/events": [...runtime, "shared/store"],
  "shared/service": [...runtime, "shared/rpc", "shared/store", "shared/events"],
  "tools/codegen": [],
  "tools/checks": ["tools/codegen"],
  "tools/scaffold": [],
  "tools/client": ["shared/contracts", "shared/rpc"],
  "tools/dev": ["shared/runtime"],
  "tools/testing": [...runtime, "shared/rpc", "shared/store", "shared/events", "shared/service", "tools/dev"],
  services: ["shared/contracts", "shared/service", "shared/store", "shared/events"],
  gateway: [...runtime, "shared/rpc"],
  web: ["shared/contracts"],
  e2e: [...runtime, "shared/rpc", "tools/testing", "tools/dev"],
};

/** Packages that tests may use, whatever they test. */
const forTests = new Set([
  "tools/testing",
  "tools/dev",
  "tools/codegen",
  "shared/runtime",
  "shared/rpc",
  "shared/service",
]);

const root = join(import.meta.dirname, "..");

/** The folders of our packages, by package name. */
const packages = new Map(
  ["shared", "tools", "services", "."].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => join(parent, name))
      .filter((folder) => existsSync(join(root, folder, "package.json")))
      .map((folder) => [JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).name, folder]),
  ),
);

/** Libraries that one package wraps. */
const wrapped = new Map([
  ["@grpc/grpc-js", "shared/rpc"],
  ["nats", "shared/events"],
  ["pg", "shared/store"],
  ["drizzle-kit", "shared/store"],
]);

/** Files that may read the environment; the others take their settings from `readSettings`. */
const environment =
  /^(shared\/runtime\/src\/env\.ts|(tools|scripts|bench|e2e)\/.*|.*\.config\.ts|.*\.test\.tsx?|.*\/(bin|scripts)\/.*)$/;

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
  const mayWrap = from.isTest || /^tools\/(dev|testing)$/.test(from.room) || from.room === wrapper;
  if (wrapper && !mayWrap) return `imports ${specifier}, which only ${wrapper} may: use that`;
  const room = roomOfImport(from.file, specifier);
  if (!room || room === from.room) return undefined;
  if (specifier.startsWith(".")) return `imports ${specifier} out of another package: name the package`;
  if (from.isTest && forTests.has(room)) return undefined;
  if (room === "gateway" && from.isType && ["web", "e2e", "tools/client"].includes(from.room)) return undefined;
  const mayUse = allowed[from.room.startsWith("services/") ? "services" : from.room];
  if (mayUse.includes(room)) return undefined;
  return `imports ${specifier}; ${from.room} may import ${mayUse.join(", ") || "nothing of ours"}`;
}

/** The package that an import leads to, or undefined if it is not ours. */
function roomOfImport(file, specifier) {
  if (specifier.startsWith(".")) return roomOf(join(dirname(file), specifier));
  return packages.get(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0]);
}

function roomOf(file) {
  const [top, second] = file.split("/");
  if (top === "services" || top === "shared" || top === "tools") return `${top}/${second}`;
  return top in allowed ? top : undefined;
}

const lineOf = (text, index) => text.slice(0, index).split("\n").length;

if (import.meta.filename === argv[1]) {
  const sources = ["*.ts", "*.tsx", "*.js", "*.mjs", "*.cjs"];
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...sources], { encoding: "utf8" });
  const files = list.split("\n").filter((file) => file && existsSync(file));
  const breaches = files.flatMap((file) => breachesOf(file, readFileSync(file, "utf8")));
  process.stdout.write(breaches.length > 0 ? `${breaches.join("\n")}\n` : `${files.length} files import as they may\n`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}
