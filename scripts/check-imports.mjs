// Checks the direction of imports between packages, and between the rooms of a package, and finds import cycles. Prints
// each violation as file:line, and exits with 1 if there is one. Turborepo's boundaries cannot replace it: they know
// packages and tags, but neither rooms, wrapped libraries and process.env, nor exceptions for tests and types.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { argv } from "node:process";
import { cyclesIn } from "./import-cycles.mjs";
import { missingDependency } from "./missing-dependencies.mjs";

const runtime = ["shared/contracts", "shared/runtime"];

/** The packages of ours that each package may import. */
const allowed = {
  "shared/contracts": [],
  "shared/runtime": ["shared/contracts"],
  "shared/files": ["shared/contracts"],
  "shared/rpc": runtime,
  "shared/store": runtime,
  "shared/events": [...runtime, "shared/rpc", "shared/store"],
  "shared/jobs": [...runtime, "shared/store", "shared/events"],
  "shared/service": [...runtime, "shared/rpc", "shared/store", "shared/events", "shared/jobs"],
  "tools/codegen": ["shared/contracts"],
  "tools/checks": ["tools/codegen"],
  "tools/scaffold": ["tools/codegen"],
  "tools/client": ["shared/contracts", "shared/rpc", "tools/codegen"],
  "tools/mesh": [...runtime, "shared/rpc", "shared/events", "tools/codegen"],
  "tools/dev": ["shared/runtime", "tools/codegen"],
  "tools/create": [],
  "tools/testing": [...runtime, "shared/rpc", "shared/store", "shared/events", "shared/service", "tools/dev"],
  "tools/chaos": [
    "shared/contracts",
    "shared/rpc",
    "shared/events",
    "shared/store",
    "shared/service",
    "tools/testing",
    "tools/dev",
    "tools/codegen",
  ],
  services: ["shared/contracts", "shared/service", "shared/store", "shared/events", "shared/jobs", "shared/files"],
  gateway: [...runtime, "shared/rpc", "shared/events", "shared/store"],
  web: ["shared/contracts"],
  deploy: ["shared/contracts", "tools/dev", "tools/codegen"],
  e2e: [...runtime, "shared/rpc", "tools/testing", "tools/dev", "deploy"],
  scripts: ["tools/dev"],
  turbo: ["tools/scaffold"],
};

/** Rooms are the folders in the `src` of a package. These are the rooms that each room may import. */
const rooms = {
  "tools/dev": {
    process: [],
    log: [],
    ports: [],
    tls: [],
    issuer: [],
    servers: ["process", "ports"],
    build: ["process", "log"],
    console: ["build"],
    mesh: ["process", "log", "ports", "tls", "issuer", "servers", "build", "console"],
    doctor: ["ports", "servers", "build", "mesh"],
  },
  gateway: {
    limits: [],
    telemetry: [],
    http: ["limits", "telemetry"],
    identity: [],
    // schema.ts is in no room.
    state: ["limits", "telemetry", "src"],
    "sign-in": ["http", "identity", "state", "telemetry", "src"],
    errors: ["http"],
    cache: [],
    calls: ["cache", "http", "identity", "limits", "state", "telemetry"],
    policies: ["calls", "http", "limits", "state", "telemetry"],
    upstreams: ["calls", "state"],
    trpc: ["cache", "calls", "errors", "http", "identity", "limits", "telemetry"],
    rest: ["cache", "calls", "errors", "http", "limits", "telemetry"],
    reference: ["http"],
    site: ["http", "telemetry"],
    // router.ts is in no room.
    procedures: ["calls", "trpc", "src"],
  },
};

/** Packages that tests may use, whatever they test. */
const forTests = new Set([
  "tools/testing",
  "tools/dev",
  "tools/codegen",
  "shared/contracts",
  "shared/runtime",
  "shared/rpc",
  "shared/events",
  "shared/jobs",
  "shared/service",
]);

/** Folders that are not packages: their files import others by path. */
const unlinked = new Set(["scripts", "turbo"]);

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

/** Libraries that only one package may import. */
const wrapped = new Map([
  ["@grpc/grpc-js", "shared/rpc"],
  ["nats", "shared/events"],
  ["pg-boss", "shared/jobs"],
  ["pg", "shared/store"],
  ["drizzle-kit", "shared/store"],
]);

/** Files that may read the environment; the others take their settings from `readSettings`. */
const environment =
  /^(shared\/runtime\/src\/env\.ts|(tools|scripts|bench|e2e)\/.*|.*\.config\.ts|.*\.test\.tsx?|.*\/(bin|scripts)\/.*)$/;

const statement =
  /^\s*(?:import|export)\s+(type\s)?(?:[^;'"()]*?\sfrom\s*)?["']([^"']+)["']|\b(?:import|require)\(\s*["']([^"']+)["']/gm;

/** @returns {string[]} the violations in one file, each as file:line and reason */
export function violationsIn(file, text) {
  const home = packageOf(file);
  // Templates are checked in the projects that they become a part of.
  if (!home || file.startsWith("tools/create/template/")) return [];
  const isTest = /\.test\.(tsx?|mjs)$|\/fixtures\//.test(file);
  const violations = [];
  for (const match of text.matchAll(statement)) {
    const reason = violationOf({ file, home, isTest, isType: Boolean(match[1]) }, match[2] ?? match[3]);
    if (reason) violations.push(`${file}:${lineOf(text, match.index + match[0].search(/\S/))}: ${reason}`);
  }
  const env = text.search(/process\.env\b|\benv\b[^;]*from "node:process"/);
  if (env >= 0 && !environment.test(file)) {
    violations.push(`${file}:${lineOf(text, env)}: reads process.env: use readSettings of @mesh/runtime`);
  }
  return violations;
}

/**
 * Returns the paths of the files that a file imports by a relative path. `import type` counts in source files, not in
 * fixtures and corpora.
 */
export function importedFiles(file, text) {
  const counted = [...text.matchAll(statement)].filter(([, type]) => !type || file.includes("/src/"));
  const specifiers = counted.map((match) => match[2] ?? match[3]);
  return specifiers.filter((specifier) => specifier.startsWith(".")).map((path) => join(dirname(file), path));
}

function violationOf(from, specifier) {
  const path = specifier.startsWith(".") ? join(dirname(from.file), specifier) : undefined;
  const target = path ? packageOf(path) : packages.get(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0]);
  return (
    wrapperViolation(from, specifier) ??
    (target === from.home ? roomViolation(from, path) : target && packageViolation(from, specifier, target)) ??
    dependencyViolation(from, specifier)
  );
}

function wrapperViolation({ home, isTest }, specifier) {
  const wrapper = wrapped.get(specifier.replace(/^((?:@[^/]+\/)?[^/]+).*/, "$1"));
  if (!wrapper || isTest || home === wrapper || /^tools\/(dev|testing|chaos)$/.test(home)) return undefined;
  return `imports ${specifier}, which only ${wrapper} may: use that`;
}

function packageViolation({ home, isTest, isType }, specifier, target) {
  if (target === "scripts") return `imports ${specifier}: only npm and CI run scripts, nothing imports them`;
  if (specifier.startsWith(".") && !unlinked.has(home)) {
    return `imports ${specifier} out of another package: name the package`;
  }
  if (isTest && forTests.has(target)) return undefined;
  if (target === "gateway" && isType && ["web", "e2e", "tools/client"].includes(home)) return undefined;
  const mayImport = allowed[home.startsWith("services/") ? "services" : home];
  if (mayImport.includes(target)) return undefined;
  return `imports ${specifier}; ${home} may import ${mayImport.join(", ") || "nothing of ours"}`;
}

function dependencyViolation({ file, home, isTest }, specifier) {
  // A folder among the fixtures is a program of its own.
  if (/\/fixtures\/[^/]+\//.test(file)) return undefined;
  const mayUseTools = isTest || /\/testing\/|\.config\.[cm]?[jt]s$/.test(file);
  const missing = missingDependency(root, home, mayUseTools, specifier);
  if (!missing || (isTest && forTests.has(packages.get(missing)))) return undefined;
  return `imports ${missing}, which ${home}/package.json does not list: add it there`;
}

/** Files directly in `src`, such as the index, may import every room. No room may import them. */
function roomViolation({ file, home, isTest }, path) {
  const table = rooms[home];
  const [room, target] = [roomOf(file, home), path && roomOf(path, home)];
  if (!table || isTest || !room || room === "src" || !target || room === target) return undefined;
  const mayImport = table[room];
  if (!mayImport) return `is in ${room}, which is no room of ${home}: see scripts/check-imports.mjs`;
  if (mayImport.includes(target)) return undefined;
  return `imports ${path}; the room ${room} may import ${mayImport.join(", ") || "no other room"}`;
}

/** Returns the room of a path, "src" for a file in no room, or undefined for one outside of `src`. */
function roomOf(path, home) {
  const [folder, room, inside] = path.slice(home.length + 1).split("/");
  if (folder !== "src") return undefined;
  return inside ? room : "src";
}

function packageOf(file) {
  const [top, second] = file.split("/");
  if (top === "services" || top === "shared" || top === "tools") return `${top}/${second}`;
  return top in allowed ? top : undefined;
}

const lineOf = (text, index) => text.slice(0, index).split("\n").length;

if (import.meta.filename === argv[1]) {
  const sources = ["*.ts", "*.tsx", "*.js", "*.mjs", "*.cjs"];
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...sources], { encoding: "utf8" });
  const files = list.split("\n").filter((file) => file && existsSync(file));
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const cycles = cyclesIn(new Map([...texts].map(([file, text]) => [file, importedFiles(file, text)])));
  const violations = [
    ...[...texts].flatMap(([file, text]) => violationsIn(file, text)),
    ...cycles.map((cycle) => `import cycle: ${cycle}`),
  ];
  process.stdout.write(
    violations.length > 0 ? `${violations.join("\n")}\n` : `the imports of ${files.length} files are allowed\n`,
  );
  process.exitCode = violations.length > 0 ? 1 : 0;
}
